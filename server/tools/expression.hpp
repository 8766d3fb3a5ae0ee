// Arithmetic as people write it: reads an expression and gives its number, or says what is wrong and where.
// Asked by the calculator; owned by nobody.
// A pure function; any thread. Depth and work are bounded by the length of the text.
#pragma once

#include <string_view>

#include "server/base/result.hpp"
#include "server/tools/number.hpp"

namespace mofa::tools {

/// + - * / % ^ (from the right), unary + and -, parentheses; sqrt abs round floor ceil min max log (base 10) ln exp sin cos
/// tan (radians); pi, e. `-2^2` is -4. round takes decimal places as an optional second argument.
/// Error invalid, with the column in characters from 1: "unexpected ')' at column 5".
result<number> evaluate(std::string_view text);

}  // namespace mofa::tools
