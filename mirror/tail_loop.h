// Reads the ends of destination partitions' logs for the windows that cannot go on without, from
// one broker for one shard. Owned by the ProduceLoop of that broker; one request is under way at a
// time, for all partitions that wait, on a connection of its own: a Fetch, or ListOffsets for those
// of which the beginning was deleted.
#pragma once

#include <string>
#include <vector>

#include "mirror/shard.h"
#include "net/wakeup.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"

namespace kmirror::mirror {

class TailLoop {
 public:
  TailLoop(Shard& shard, std::int32_t broker);

  net::Awaitable<void> run();
  void wake() { wakeup_.notify(); }

  // The window of a partition that this broker leads has something to ask.
  void add(Target& target);

 private:
  struct Asked {
    Target* target;
    ProduceWindow::TailQuestion question;
    bool answered = false;
  };

  bool is_mine(const Target& target) const { return target.tail_loop == this; }
  std::vector<Asked> take_questions();
  std::int32_t leader_epoch(const net::TopicPartition& where) const;
  protocol::FetchRequest make_request(const std::vector<Asked>& asked);
  protocol::ListOffsetsRequest make_start_request(const std::vector<Asked>& asked) const;
  net::Awaitable<net::Result<void>> connect();
  // The answers go to the windows, as far as there are any.
  net::Awaitable<net::Result<void>> ask(std::vector<Asked>& asked);
  net::Awaitable<net::Result<void>> ask_for_starts(std::vector<Asked>& asked);
  void on_answer(const Asked& one, const protocol::FetchResponse::Partition& answer);
  void on_start(Asked& one, const protocol::ListOffsetsResponse::Partition& answer);
  void note_error(protocol::ErrorCode error);
  void tell_of_news(const Asked& one, ProduceWindow::TailNews news) const;
  void tell_if_stuck(const Asked& one, protocol::ErrorCode error) const;
  void finish(std::vector<Asked>& asked);
  void tell(const Target& target, const std::string& what) const;

  Shard& shard_;
  std::int32_t broker_;
  Random random_;
  net::Wakeup wakeup_;
  net::BackOff back_off_;
  net::Cluster::ConnectionPtr connection_;
  std::vector<Target*> waiting_;
  bool in_vain_ = false;  // an answer of the last ones said nothing
  bool told_refused_ = false;
};

}  // namespace kmirror::mirror
