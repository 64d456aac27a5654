# kmirror_layer(NAME [LINK lib...] [PCH target]) declares the library of the folder NAME: all *.cc
# below it except tests. kmirror_layer_tests(NAME [LINK lib...] PCH target) declares its unit tests:
# all *_test.cc below; what stands in folders testing/ is km_NAME_testing, for other layers' tests.
#
# A layer's headers are reached as "NAME/file.h" through an include directory of its own that holds
# one link to the folder. A target sees only the layers it links, so an include that points upwards
# does not build.
#
# A precompiled header takes as long to build as two files do. So a layer has its own pch.h or that
# of another, PCH, and tests of several layers share one: kmirror_tests_pch(NAME HEADER).

function(kmirror_layer NAME)
  cmake_parse_arguments(ARG "" "PCH" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|^main\\.cc$|(^|/)testing/")
  set(root ${CMAKE_BINARY_DIR}/include/${NAME})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${NAME} SYMBOLIC)
  add_library(km_${NAME} STATIC ${sources})
  target_include_directories(km_${NAME} PUBLIC ${root})
  target_link_libraries(km_${NAME} PUBLIC ${ARG_LINK})
  if(ARG_PCH)
    target_precompile_headers(km_${NAME} REUSE_FROM ${ARG_PCH})
  elseif(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/pch.h)
    target_precompile_headers(km_${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/pch.h)
  endif()
endfunction()

# What no data passes through is optimized less, and builds a fifth faster.
function(kmirror_cold)
  list(FILTER ARGN EXCLUDE REGEX "_test\\.cc$")
  set_source_files_properties(${ARGN} PROPERTIES
                              COMPILE_OPTIONS $<$<CONFIG:RelWithDebInfo>:-O1>)
endfunction()

# What tests have in common. What is tested keeps its optimization; the tests' own code would take
# twice as long to build, and nobody looks for its lines.
function(kmirror_tests_pch NAME HEADER)
  file(CONFIGURE OUTPUT ${NAME}.cc CONTENT "")
  add_library(${NAME} STATIC ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cc)
  target_link_libraries(${NAME} PUBLIC GTest::gmock fmt::fmt)
  target_compile_options(${NAME} PUBLIC -O0 $<$<CONFIG:RelWithDebInfo>:-g0>)
  target_precompile_headers(${NAME} PRIVATE ${HEADER} <gmock/gmock.h>)
endfunction()

function(kmirror_layer_tests NAME)
  cmake_parse_arguments(ARG "" "PCH" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  file(GLOB_RECURSE equipment CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  list(FILTER equipment INCLUDE REGEX "(^|/)testing/")
  if(equipment)
    add_library(km_${NAME}_testing STATIC ${equipment})
    target_link_libraries(km_${NAME}_testing PUBLIC km_${NAME} ${ARG_LINK} PRIVATE ${ARG_PCH})
    target_precompile_headers(km_${NAME}_testing REUSE_FROM ${ARG_PCH})
    list(PREPEND ARG_LINK km_${NAME}_testing)
  endif()
  add_executable(${NAME}_test ${sources})
  target_link_libraries(${NAME}_test PRIVATE km_${NAME} ${ARG_LINK} ${ARG_PCH} GTest::gtest_main)
  target_precompile_headers(${NAME}_test REUSE_FROM ${ARG_PCH})
  gtest_discover_tests(${NAME}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
