# `cmake --install build/release --prefix DIR` installs the program, the libraries, the bundles and the licences.
include(CMakePackageConfigHelpers)
install(TARGETS saccade_program RUNTIME)
install(TARGETS saccade_engine saccade_decoder RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/saccade)
install(TARGETS saccade saccade_image saccade_core saccade_compiler EXPORT saccade-targets ARCHIVE)
include(cmake/PublicHeaders.cmake)
saccade_install_headers()
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/saccade/models)
install(FILES LICENSE NOTICE TYPE DOC)
install(EXPORT saccade-targets NAMESPACE saccade:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
configure_package_config_file(cmake/saccade-config.cmake.in ${PROJECT_BINARY_DIR}/saccade-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/saccade-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/saccade-config.cmake ${PROJECT_BINARY_DIR}/saccade-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
