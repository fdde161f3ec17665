# LibTorch's headers take ten seconds to read, and their precompiled copy still two to load. So the sources
# that include them, directly or through headers of the project, share one precompiled copy, and all others do
# without. Judged when CMake runs; should it be out of date, a build is slower and nothing else.

# saccade_reads_torch(FILE RESULT): whether the file reaches LibTorch's header.
function(saccade_reads_torch file result)
  get_property(known GLOBAL PROPERTY saccade_reads_torch_${file})
  if(NOT "${known}" STREQUAL "")
    set(${result} ${known} PARENT_SCOPE)
    return()
  endif()
  set_property(GLOBAL PROPERTY saccade_reads_torch_${file} FALSE)  # ends a circle of headers
  get_filename_component(folder ${file} DIRECTORY)
  set(reads FALSE)
  file(STRINGS ${file} lines REGEX "^#include")
  foreach(line IN LISTS lines)
    if(line MATCHES "<(torch|ATen)/")
      set(reads TRUE)
    elseif(line MATCHES "\"(.+)\"")
      foreach(root ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR}/tests ${folder})
        if(EXISTS ${root}/${CMAKE_MATCH_1})
          saccade_reads_torch(${root}/${CMAKE_MATCH_1} reads)
          break()
        endif()
      endforeach()
    endif()
    if(reads)
      break()
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY saccade_reads_torch_${file} ${reads})
  set(${result} ${reads} PARENT_SCOPE)
endfunction()

# saccade_unite(TARGET): where nobody waits for a single source, eight of a target are compiled together, which
# shares what each pays for headers and templates. So what is declared in unnamed namespaces of one folder has
# names of its own.
function(saccade_unite target)
  if(CMAKE_BUILD_TYPE MATCHES "^(Release|Debug)$")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# saccade_precompile(TARGET OWNER HEADER): called when the target's sources are all known. The target OWNER
# makes the copy of HEADER, and every other that names it uses that.
function(saccade_precompile target owner header)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(any FALSE)
  foreach(source IN LISTS sources)
    get_filename_component(file ${source} ABSOLUTE BASE_DIR ${folder})
    saccade_reads_torch(${file} reads)
    if(reads)
      set(any TRUE)
    else()
      set_source_files_properties(${file} TARGET_DIRECTORY ${target}
        PROPERTIES SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  saccade_unite(${target})
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${header})
  elseif(any)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
