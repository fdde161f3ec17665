# saccade_unite(TARGET): except in the development build, eight sources of a target are compiled together, so that
# they share the cost of headers and templates. Names in the unnamed namespaces of one target must therefore be unique.
function(saccade_unite target)
  if(CMAKE_BUILD_TYPE MATCHES "^(Release|Debug)$" OR SACCADE_SANITIZE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()
