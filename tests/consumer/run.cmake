# cmake -DBUILD=… -DSOURCE=… -DPREFIX=… -P run.cmake: installs Saccade under PREFIX, builds the consumer against
# it, and lets the installed program say which model it finds.
function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${PREFIX})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}/usr)
must_run(${CMAKE_COMMAND} -S ${SOURCE}/tests/consumer -B ${PREFIX}/build -G Ninja
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${PREFIX}/usr)
must_run(${CMAKE_COMMAND} --build ${PREFIX}/build)
must_run(${PREFIX}/build/consumer ${SOURCE}/assets/cat.jpg)
if(NOT output MATCHES "^[0-9]+ 150528")
  message(FATAL_ERROR "the consumer printed: ${output}")
endif()
must_run(${PREFIX}/usr/bin/saccade doctor --json)
if(NOT output MATCHES "\"model\":\"${PREFIX}/usr/share/saccade/models/default\"")
  message(FATAL_ERROR "the installed program does not find its model: ${output}")
endif()
file(REMOVE_RECURSE ${PREFIX})
