# Compiler settings for everything of ours.
option(HADIR_TESTS "Build the tests" ON)
option(HADIR_BENCH "Build the benchmarks (with the tests they are built too)" OFF)
option(HADIR_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
option(HADIR_FUZZ "Build the fuzz targets (clang only)" OFF)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

include_directories(${CMAKE_SOURCE_DIR})
add_compile_definitions(
	_GNU_SOURCE
	G_LOG_DOMAIN="hadir"
	GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74
	GLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74
	HADIR_VERSION="${PROJECT_VERSION}")
add_compile_options(
	-Wall -Wextra -Wshadow -Wmissing-prototypes -Wswitch-enum -Wformat=2 -Wvla -Werror)

# Symbols are bound at the start: a later binding saves the vector registers on the stack, and a piece of
# a template with them.
add_link_options(-Wl,-z,relro,-z,now)
# Sanitizers name functions and lines: -g1 has these, and is built a quarter faster than -g.
if(HADIR_SANITIZE)
	add_compile_options(-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
		-fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
elseif(HADIR_FUZZ)
	add_compile_options(-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined
		-fno-sanitize-recover=undefined)
	add_link_options(-fsanitize=address,undefined)
else()
	add_compile_options(-fstack-protector-strong -fstack-clash-protection)
	add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
	add_link_options(-pie -Wl,-z,noexecstack)
endif()

# hadir_library(name FOLDERS folder… LIBS …): a static library of all .c files of the folders, without
# their sub-folders.  A file added to a folder belongs to its library; nothing is listed twice.
function(hadir_library name)
	cmake_parse_arguments(ARG "" "" "FOLDERS;SOURCES;EXCLUDE;LIBS" ${ARGN})
	set(sources ${ARG_SOURCES})
	foreach(folder IN LISTS ARG_FOLDERS)
		file(GLOB found CONFIGURE_DEPENDS ${folder}/*.c)
		list(APPEND sources ${found})
	endforeach()
	foreach(file IN LISTS ARG_EXCLUDE)
		list(FILTER sources EXCLUDE REGEX "/${file}$")
	endforeach()
	if(sources)
		add_library(${name} STATIC ${sources})
		target_link_libraries(${name} PUBLIC ${ARG_LIBS})
	else()
		add_library(${name} INTERFACE)
		target_link_libraries(${name} INTERFACE ${ARG_LIBS})
	endif()
endfunction()

# hadir_tests(side LIBS …): one program per tests/<side>/test_*.c, named <side>_<file>.  A file
# named test_*_data.c needs the shared data and carries the label "data".  A test that skips, or
# runs no case, fails.
function(hadir_tests side)
	cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
	file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/test_*.c)
	foreach(file IN LISTS found)
		get_filename_component(base ${file} NAME_WE)
		string(REGEX REPLACE "^test_" "${side}_" name ${base})
		add_executable(${name} ${file})
		target_link_libraries(${name} PRIVATE ${ARG_LIBS} hadir-test-support)
		set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
		add_test(NAME ${name} COMMAND ${name})
		hadir_test_properties(${name})
		if(base MATCHES "_data$")
			set_tests_properties(${name} PROPERTIES LABELS "${side};data")
		else()
			set_tests_properties(${name} PROPERTIES LABELS "${side}")
		endif()
	endforeach()
endfunction()

function(hadir_test_properties name)
	set_tests_properties(${name} PROPERTIES
		TIMEOUT 300
		FAIL_REGULAR_EXPRESSION "# SKIP;\\n1\\.\\.0"
		ENVIRONMENT "HADIR_SOURCE=${CMAKE_SOURCE_DIR};HADIR_BUILD=${CMAKE_BINARY_DIR};LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0")
endfunction()
