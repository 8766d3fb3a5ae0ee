// Private keys that several tests sign with.
// Constants.
// Any thread.
#pragma once

#include <string>

namespace mofa::test {

/// RFC 8037, appendix A.1: d = nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A, in the frame of RFC 8410.
inline const std::string ed25519_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
/// Made for these tests.
inline const std::string p256_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2MjoFKMbX53pWS55\n"
    "B99N1vTVXmOvYbFrHjaWcvwhx0yhRANCAAS8f1HEeZa+kVH9pbwaK5V7eGzxwQ+o\n"
    "SYKfpEMTo9oR7w0ZtpMRJkFRpKcUgB3Rw2nEq2Gwb/qRz8jAAkRo2xcW\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace mofa::test
