# Compiler, linker and sanitizer settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
# Designated initializers leave members at their defaults on purpose, which -Wextra would warn of.
add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers -fno-omit-frame-pointer)
# kmirror is built with g++; clang is for fuzzing alone.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports members of empty inline storage as maybe uninitialized (GCC bug 105562 and kin).
  add_compile_options(-Wno-maybe-uninitialized)
  # Collecting garbage takes a sixth of a compiler's time and saves it 100 of 800 MB.
  add_compile_options("SHELL:--param ggc-min-heapsize=1000000")
  set(pch_for_ccache -fpch-preprocess)
else()
  # Clang 16 compiles a call of a consteval function wrongly that stands within a template and gives
  # back a struct. A definition rather than another word in the code, where g++ checks more.
  add_compile_definitions(consteval=constexpr)
  set(pch_for_ccache "SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(KMIRROR_CCACHE ccache)
if(KMIRROR_CCACHE)
  # The sloppiness is what ccache needs for users of precompiled headers; it goes on comparing what
  # files hold. With paths taken relative to the source tree, one clone's build serves the next.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${KMIRROR_CCACHE})
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= ${pch_for_ccache})
endif()
find_program(KMIRROR_MOLD mold)
if(KMIRROR_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(KMIRROR_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")
if(KMIRROR_SANITIZE)
  add_compile_options(-fsanitize=${KMIRROR_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${KMIRROR_SANITIZE})
  if(KMIRROR_SANITIZE STREQUAL "thread")
    # ThreadSanitizer does not model the fences of Asio's scheduler, and g++ warns of each.
    add_compile_options(-Wno-tsan)
  endif()
endif()
