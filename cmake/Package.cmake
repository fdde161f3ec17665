# `cpack --config build/release/CPackConfig.cmake` writes the Debian package of the program; its files are in /usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME saccade)
set(CPACK_PACKAGE_VENDOR "The Saccade authors")
set(CPACK_PACKAGE_CONTACT "The Saccade authors <saccade@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Image captioning with attention maps")
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME saccade)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Captions images and shows, word by word, where the model looked.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
# Linked libraries are found by dpkg-shlibdeps. libvips is loaded at run time (its package was renamed in Debian 13),
# the reference BLAS is 30 times slower than OpenBLAS, and without fonts figures have no words.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libvips42 | libvips42t64, libopenblas0-openmp, fonts-dejavu-core")
# For METEOR, `diagnose` and `phrases`.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "wordnet-base")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS OFF)
include(CPack)
