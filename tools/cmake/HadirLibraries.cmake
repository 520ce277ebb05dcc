# The libraries of Debian we stand on, as imported targets named hadir::….
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

foreach(pair
	"glib;gio-unix-2.0" "fprint;libfprint-2" "gpiod;libgpiod" "sqlite;sqlite3" "mosquitto;libmosquitto"
	"microhttpd;libmicrohttpd" "jansson;jansson" "cbor;libcbor" "sodium;libsodium" "pq;libpq"
	"pango;pangocairo" "drm;libdrm" "evdev;libevdev" "png;libpng" "systemd;libsystemd"
	"oath;liboath" "seccomp;libseccomp" "crypto;libcrypto" "ssl;libssl"
	"zip;libzip" "expat;expat")
	list(GET pair 0 name)
	list(GET pair 1 module)
	pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
	add_library(hadir::${name} ALIAS PkgConfig::${name})
endforeach()

# libcbor before 0.11 and mbedtls on bookworm have no usable .pc file.
find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
find_library(MBEDX509_LIBRARY mbedx509 REQUIRED)
find_path(MBEDTLS_INCLUDE psa/crypto.h REQUIRED)
add_library(hadir_mbedtls INTERFACE)
target_include_directories(hadir_mbedtls SYSTEM INTERFACE ${MBEDTLS_INCLUDE})
target_link_libraries(hadir_mbedtls INTERFACE ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY})
add_library(hadir::mbedtls ALIAS hadir_mbedtls)

find_library(CSV_LIBRARY csv REQUIRED)
find_path(CSV_INCLUDE csv.h REQUIRED)
add_library(hadir_csv INTERFACE)
target_include_directories(hadir_csv SYSTEM INTERFACE ${CSV_INCLUDE})
target_link_libraries(hadir_csv INTERFACE ${CSV_LIBRARY})
add_library(hadir::csv ALIAS hadir_csv)
