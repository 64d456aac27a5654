# kmirror_layer(NAME [LINK lib...]) declares the library of the folder NAME: all *.cc below it
# except tests. kmirror_layer_tests(NAME [LINK lib...]) declares its unit tests: all *_test.cc
# below.
#
# A layer's headers are reached as "NAME/file.h" through an include directory of its own that holds
# one link to the folder. A target sees only the layers it links, so an include that points upwards
# does not build.

function(kmirror_layer NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  set(root ${CMAKE_BINARY_DIR}/include/${NAME})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${NAME} SYMBOLIC)
  add_library(km_${NAME} STATIC ${sources})
  target_include_directories(km_${NAME} PUBLIC ${root})
  target_link_libraries(km_${NAME} PUBLIC ${ARG_LINK})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/pch.h)
    target_precompile_headers(km_${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/pch.h)
  endif()
endfunction()

function(kmirror_layer_tests NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  add_executable(${NAME}_test ${sources})
  target_link_libraries(${NAME}_test PRIVATE km_${NAME} ${ARG_LINK} GTest::gmock GTest::gtest_main)
  # What is tested keeps its optimization; the tests' own code would take twice as long to build.
  target_compile_options(${NAME}_test PRIVATE -O0)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/pch.h)
    target_precompile_headers(${NAME}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/pch.h
                              <gtest/gtest.h>)
  endif()
  gtest_discover_tests(${NAME}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
