# saccade_embed(TEMPLATE OUTPUT FOLDER): writes TEMPLATE to OUTPUT with every @file.ext@ replaced by that file
# of FOLDER, again whenever one of them changes. Done when CMake runs, so that the source is there when
# CMake looks at its includes.
function(saccade_embed template output folder)
  file(READ ${template} text)
  string(REGEX MATCHALL "@[a-z_]+\\.[a-z]+@" places "${text}")
  foreach(place IN LISTS places)
    string(REPLACE "@" "" name ${place})
    file(READ ${folder}/${name} ${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name})
  endforeach()
  configure_file(${template} ${output} @ONLY)
endfunction()
