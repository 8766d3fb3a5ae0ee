// The session of a command: the server that it talks to, the screen that it shows things on, and the wait for both.
// Made by each command for its run.
// The main thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/app/client/listing.hpp"
#include "server/app/client/loop.hpp"
#include "server/app/client/stop.hpp"
#include "server/app/client/terminal.hpp"
#include "server/app/client/text.hpp"
#include "server/app/client/url.hpp"
#include "server/app/command.hpp"
#include "server/http_client/client.hpp"

namespace mofa::app::client {

/// --url, --key, --json: the options of every command that talks to a server.
struct server_options {
  std::string url;  ///< empty: of the environment, else the default
  std::string key;  ///< the same
  bool json = false;
  std::int64_t patience_s = 60;  ///< how long a broken stream is tried again
};

/// Declares these options; `into` is shared with the command's action.
void add_server_options(const command& to, server_options& into);
/// --patience, for commands that follow a stream.
void add_patience_option(const command& to, server_options& into);

class session {
 public:
  static outcome<std::unique_ptr<session>> open(const server_options& how);

  /// A request to the server with the key and a trusted profile; `path` begins with a slash.
  http_client::request request(std::string method, const std::string& path, std::string body = {}) const;

  /// The answer, whatever its status. Stops: unreachable, interrupted.
  outcome<http_client::response> send(http_client::request what);
  /// The answer; a status of 400 or more stops as refused.
  outcome<http_client::response> ask(http_client::request what);
  /// The body of a GET as a JSON object; anything else is a stranger's.
  outcome<json> read(const std::string& path);
  /// The same of an answer that is there.
  outcome<json> object_in(const http_client::response& answer) const;
  /// The items of a list over all its pages, in the server's order, at most so many; from that cursor on.
  outcome<std::vector<item>> read_all(const std::string& path, std::size_t most, std::string cursor = {});

  /// Starts a request whose answer streams.
  [[nodiscard]] core::running_call_ptr start(http_client::request what, std::shared_ptr<http_client::listener> to);

  /// Why there is no answer: nobody there, or a URL that is none.
  stop unreachable(const error& why) const;
  /// A command line for the user to copy, with --url when that is needed.
  std::string hint(const std::string& arguments) const;

  /// Shows why a command ends; its exit code.
  int end(const stop& why);

  terminal& screen() { return screen_; }
  loop& waiting() { return *loop_; }
  const server_options& options() const { return options_; }

 private:
  session(server_options how, std::unique_ptr<loop> waits);
  stop stranger() const;

  server_options options_;
  terminal screen_;
  std::unique_ptr<loop> loop_;
  std::unique_ptr<http_client::client> http_;  ///< ends before the loop that its callbacks post to
};

/// Opens a session and runs the action in it; the exit code, also when either stops.
int in_session(const server_options& how, const std::function<outcome<int>(session&)>& action);

}  // namespace mofa::app::client
