# `cmake --install build/release --prefix DIR` installs the program, its manual pages and
# completions, the libraries, the models and the licenses.
include(CMakePackageConfigHelpers)
# The component `program` is what the Debian package has (see Package.cmake); the rest is for development.
install(TARGETS saccade_program RUNTIME COMPONENT program)
install(TARGETS saccade_engine saccade_decoder RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/saccade
  COMPONENT program)
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/saccade/models COMPONENT program)
file(READ LICENSE license)
file(READ NOTICE notice)
file(WRITE ${PROJECT_BINARY_DIR}/copyright "${license}\n${notice}")  # as Debian names it
install(FILES LICENSE NOTICE ${PROJECT_BINARY_DIR}/copyright TYPE DOC COMPONENT program)
install(DIRECTORY ${SACCADE_REFERENCE}/man1 TYPE MAN COMPONENT program)
install(FILES ${SACCADE_REFERENCE}/bash/saccade DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  COMPONENT program)
install(FILES ${SACCADE_REFERENCE}/zsh/_saccade DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  COMPONENT program)
install(FILES ${SACCADE_REFERENCE}/fish/saccade.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
  COMPONENT program)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
install(TARGETS saccade saccade_image saccade_core saccade_compiler EXPORT saccade-targets ARCHIVE)
include(cmake/PublicHeaders.cmake)
saccade_install_headers()
install(EXPORT saccade-targets NAMESPACE saccade:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
configure_package_config_file(cmake/saccade-config.cmake.in ${PROJECT_BINARY_DIR}/saccade-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/saccade-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/saccade-config.cmake ${PROJECT_BINARY_DIR}/saccade-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
