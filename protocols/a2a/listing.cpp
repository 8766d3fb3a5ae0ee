#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/a2a/operations.hpp"
#include "protocols/core/cursor.hpp"

namespace mofa::a2a {
namespace {

/// A page that is as long as this ends with the task that made it so, however many were asked for.
constexpr std::size_t page_bytes = 8 * 1024 * 1024;
/// Each row has the whole message of its status: more than so many at a time are never read. The first few show whether the
/// page is going to end early.
constexpr std::int64_t rows_at_first = 3;
constexpr std::int64_t rows_at_once = 10;

/// A page on its way. Each task is written before the next one is read, so that many large ones are never held at once.
class listing : public std::enable_shared_from_this<listing> {
 public:
  listing(call made, list_question asked) : made_(std::move(made)), asked_(std::move(asked)) {
    filter_.agent = made_.agent;
    filter_.context_id = asked_.context_id;
    filter_.state = asked_.state;
    filter_.status_since = asked_.status_since;
    filter_.by_status = true;
    filter_.counted = true;
    cursor_ = asked_.page_token;
    how_ = {asked_.history_length ? history_of(asked_.history_length) : 0, asked_.include_artifacts};
    text_ = made_.to.begin();
    begin_list(text_);
  }

  void read_rows() {
    const auto limit = std::min(listed_ == 0 ? rows_at_first : rows_at_once, asked_.page_size - listed_);
    made_.server.tasks.list(made_.who, filter_, {static_cast<int>(limit), cursor_},
                            [self = shared_from_this(), limit](result<core::page<core::task_row>> got) {
                              if (!got) return self->refuse(got.error());
                              self->take(*std::move(got), static_cast<std::size_t>(limit));
                            });
  }

 private:
  void take(core::page<core::task_row> got, std::size_t limit) {
    if (filter_.counted) total_ = got.total;
    filter_.counted = false;  // once for the page, however many times rows are read for it
    more_ = got.items.size() == limit && !got.next_cursor.empty();
    cursor_ = std::move(got.next_cursor);
    rows_ = std::move(got.items);
    at_ = 0;
    go_on();
  }

  void go_on() {
    while (at_ < rows_.size() && text_.size() < page_bytes) {
      if (how_.artifacts || how_.history > 0) return read_whole();
      show(*row_alone());
    }
    if (at_ < rows_.size()) {
      const auto& last = rows_[at_ - 1];
      cursor_ = core::status_cursor({last.status.timestamp, last.id});
    } else if (more_ && listed_ < asked_.page_size && text_.size() < page_bytes) {
      return read_rows();
    }
    end_list(text_, cursor_, asked_.page_size, total_);
    made_.to.send(std::move(text_));
  }

  void read_whole() {
    made_.server.tasks.get(made_.who, rows_[at_].id, [self = shared_from_this()](result<core::task_ptr> found) {
      // One that has been deleted meanwhile is shown as it was in the list.
      const bool gone = !found && found.error().code == errc::not_found;
      if (!found && !gone) return self->made_.to.fail(found.error());
      self->show(gone ? *self->row_alone() : **found);
      self->go_on();
    });
  }

  core::task_ptr row_alone() {
    auto out = std::make_shared<core::task>();
    out->row = rows_[at_];
    out->row.status.message = std::exchange(rows_[at_].status.message, std::nullopt);
    return out;
  }

  void show(const core::task& what) {
    append_listed(text_, what, how_);
    ++at_;
    ++listed_;
  }

  void refuse(const error& why) {
    if (why.code != errc::invalid) return made_.to.fail(why);
    made_.to.fail(wrong_page_token());
  }

  call made_;
  list_question asked_;
  shown how_;
  core::task_filter filter_;
  std::string text_;
  std::int64_t listed_ = 0;
  std::int64_t total_ = -1;
  std::string cursor_;  ///< behind the rows that have been read
  bool more_ = false;   ///< there are rows behind them
  std::vector<core::task_row> rows_;
  std::size_t at_ = 0;  ///< the row that is shown next
};

}  // namespace

void list_tasks(call made, list_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  auto& agents = made.server.agents;
  auto name = made.agent;
  agents.get(std::move(name), [made = std::move(made), asked = std::move(asked)](result<core::agent_info> found) mutable {
    if (!found) return made.to.fail(no_such_agent(made, found.error()));
    std::make_shared<listing>(std::move(made), std::move(asked))->read_rows();
  });
}

}  // namespace mofa::a2a
