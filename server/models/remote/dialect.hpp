// A dialect: how a provider's wire is spoken; the part in which providers differ.
// Made by the registry for each provider, shared read-only by its calls; a reader is owned by one attempt.
// The dialect on any thread, a reader on one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/model.hpp"
#include "server/http_client/client.hpp"

namespace mofa::models {

/// Reads one answer's stream.
class stream_reader {
 public:
  virtual ~stream_reader() = default;
  /// Appends the pieces of text that these bytes complete. Error upstream_failed; feed no more then.
  virtual result<void> feed(std::string_view bytes, std::vector<std::string>& out) = 0;
  /// Whether the answer said that nothing follows.
  virtual bool is_done() const = 0;
  /// The answer, after the last byte, its `model` empty. Error upstream_failed: it was cut.
  virtual result<core::model_answer> finish() = 0;
};

class dialect {
 public:
  virtual ~dialect() = default;
  /// Method, URL, headers and body; the rest is the attempt's.
  virtual http_client::request request_for(const core::model_request& what) const = 0;
  virtual std::unique_ptr<stream_reader> reader_for(const core::model_request& what) const = 0;
};

/// Where a provider is and who asks.
struct access {
  std::string base_url;  ///< with or without a '/' at the end
  std::string api_key;   ///< empty: none is sent
};

/// A POST of JSON whose answer is a stream.
http_client::request post_json(std::string url, const core::model_request& what, std::string body);

/// `base` and `path` with one '/' between them.
std::string joined_url(std::string_view base, std::string_view path);

/// A decoder that has feed(), is_done() and finish(), as a reader.
template <class Decoder>
class reader_of final : public stream_reader {
 public:
  template <class... Args>
  explicit reader_of(Args&&... args) : decoder_(std::forward<Args>(args)...) {}
  result<void> feed(std::string_view bytes, std::vector<std::string>& out) override { return decoder_.feed(bytes, out); }
  bool is_done() const override { return decoder_.is_done(); }
  result<core::model_answer> finish() override { return decoder_.finish(); }

 private:
  Decoder decoder_;
};

}  // namespace mofa::models
