# saccade_embed(TEMPLATE OUTPUT FOLDER): copies TEMPLATE to OUTPUT and replaces every @file.ext@ by the contents of
# that file in FOLDER. Runs when CMake configures, and again when one of the files changes.
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
