# `cmake --install`: the program, its profiles, the libraries with their public headers, and a CMake package.
include(CMakePackageConfigHelpers)

install(TARGETS opcost RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY profiles/ DESTINATION ${CMAKE_INSTALL_DATADIR}/opcost/profiles FILES_MATCHING PATTERN "*.toml")
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

foreach(header
    base/dtype.h base/kernel_class.h base/metric.h base/pattern.h
    frontend/graph.h frontend/load.h frontend/patterns/classify.h frontend/runtime/executed.h
    ops/work.h ops/count.h
    hardware/target.h hardware/read_target.h
    costing/formula.h costing/kernels/count_kernel.h costing/report.h costing/shared_vector.h costing/analyze.h costing/diff.h)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/opcost/${folder})
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/opcost)
install(EXPORT opcost NAMESPACE opcost:: DESTINATION ${package} FILE opcostTargets.cmake)
configure_package_config_file(cmake/opcostConfig.cmake.in ${PROJECT_BINARY_DIR}/opcostConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/opcostConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/opcostConfig.cmake ${PROJECT_BINARY_DIR}/opcostConfigVersion.cmake
  DESTINATION ${package})
