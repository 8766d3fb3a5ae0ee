// The checks of the doctor, each on one part of what a server needs.
// Called by `mofa doctor`, in this order; owned by nobody.
// Look at files, the port and loopback services; the main thread.
#pragma once

#include <filesystem>
#include <vector>

#include "server/app/doctor.hpp"

namespace mofa::app {

/// The folder can be written or made, and how long the disk takes to keep something.
std::vector<finding> check_data_folder(const std::filesystem::path& folder);

/// The address can be listened on, or a server answers there already; the keys that may knock.
std::vector<finding> check_door(const settings::configuration& from);

/// Whether agent cards say where clients reach the server, and the key that signs them; nothing when there is no key.
std::vector<finding> check_cards(const settings::configuration& from);

/// Models, an Ollama on this machine, and definitions.
std::vector<finding> check_work(const settings::configuration& from, const extensions& added);

}  // namespace mofa::app
