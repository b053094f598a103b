# Writes OUTPUT, a C++ file that holds every file of DIRECTORY and WORDS: assets() of src/proxy/page/assets.hpp.
# Run as: cmake -D DIRECTORY=web/dist -D WORDS=web/src/words -D OUTPUT=assets_data.cpp -P embed.cmake
set(type_css "text/css charset=utf-8")
set(type_html "text/html charset=utf-8")
set(type_js "text/javascript charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")

set(data "")
set(table "")
set(count 0)
file(GLOB files "${DIRECTORY}/*" "${WORDS}/*")
list(SORT files)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME)
  string(REGEX REPLACE "^.*[.]" "" extension "${name}")
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "no content type is known for ${file}")
  endif()
  string(REPLACE " charset" "; charset" type "${type_${extension}}")
  file(SHA256 "${file}" tag)
  string(SUBSTRING "${tag}" 0 16 tag)
  file(READ "${file}" bytes HEX)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND data "const unsigned char kBytes${count}[] = {${bytes}0};\n")
  string(APPEND table "      Asset{\"${name}\", \"${type}\", \"${tag}\", {reinterpret_cast<const char*>(kBytes${count}), ${length}}},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made by cmake/embed.cmake.
#include \"proxy/page/assets.hpp\"

#include <array>

namespace calcom::proxy {
namespace {
${data}}  // namespace

std::span<const Asset> assets() {
  static const std::array<Asset, ${count}> all{
${table}  };
  return all;
}

}  // namespace calcom::proxy
")
