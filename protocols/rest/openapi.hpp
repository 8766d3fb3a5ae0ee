// The API's description: OpenAPI 3.1, built from the table of operations and the schemas of this room.
// Built once at start, served at /openapi.json; a test holds it against the route table.
// Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mofa::rest {

/// One answer of an operation.
struct described_answer {
  int status = 200;
  std::string_view schema;  ///< name in components.schemas; empty: no body
  std::string_view description;
  std::string_view content_type = "application/json";
};

/// One method of one path.
struct operation {
  std::string_view method;  ///< "GET"
  std::string_view path;
  std::string_view id;
  std::string_view tag;
  std::string_view scope;  ///< "tasks:read"; empty: open to everybody
  std::string_view summary;
  std::vector<std::string_view> parameters;  ///< names in components.parameters
  std::string_view body;                     ///< name in components.schemas; empty: none
  bool body_required = false;
  std::vector<described_answer> answers;
  std::vector<int> errors;                 ///< statuses answered with a problem document
  std::string_view any_error = "problem";  ///< name in components.schemas: what every other error looks like
};

/// The operations on topics.
std::vector<operation> topic_operations();
/// The operations of the dialect of OpenAI and of the WebSocket, and the object of their schemas as JSON text.
std::vector<operation> dialect_operations();
std::string_view dialect_schemas_text();
/// The operations of A2A 1.0, all with one tag; the tag, which says where else they are; the objects of their schemas and
/// parameters, as JSON text.
std::vector<operation> a2a_operations();
std::string_view a2a_tag_text();
std::string_view a2a_schemas_text();
std::string_view a2a_parameters_text();
/// All operations, those of /metrics and of the other dialects too.
std::span<const operation> operations();
/// The object under `components.schemas` without those of the other dialects, as JSON text.
std::string_view schemas_text();
/// The object under `components.parameters` without those of A2A, as JSON text.
std::string_view parameters_text();

/// The whole document as JSON text, with A2A or without.
std::string openapi_document(std::string_view version, bool with_a2a);

}  // namespace mofa::rest
