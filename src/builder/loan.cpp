#include "builder/loan.hpp"

#include <utility>

namespace tarmac {

namespace {

// Until there may be a descriptor to wait with.
constexpr std::chrono::milliseconds Pause{100};

} // namespace

Loan::Loan(wl_event_loop* loop, std::function<void()> on_unused)
    : loop_{loop}, on_unused_{std::move(on_unused)} {
    wl_event_loop_add_destroy_listener(loop, loop_gone_.prepare([this] {
        loop_gone_.disconnect();
        loop_ = nullptr;
        if (self_)
            tell();
    }));
}

std::shared_ptr<const Dmabuf> Loan::lend(Dmabuf image, std::shared_ptr<Loan> loan) {
    return {new Dmabuf{std::move(image)}, [loan = std::move(loan)](const Dmabuf* ended) {
                std::unique_ptr<const Dmabuf> own{ended};
                if (!loan->is_begun_)
                    return;
                loan->image_ = std::move(own);
                loan->self_ = loan;
                if (loan->loop_)
                    loan->await_readers();
                else
                    loan->tell();
            }};
}

void Loan::end(std::shared_ptr<Loan> loan) {
    Loan& self = *loan;
    self.self_ = std::move(loan);
    self.soon_.emplace(self.loop_, [&self] { self.tell(); }).request();
}

void Loan::await_readers() {
    watch_.emplace(loop_);
    auto readers = watch_->await(*image_, FenceWatch::Access::Write, [this] { tell(); });
    if (readers)
        readers_ = std::move(*readers);
    else
        again_.emplace(loop_, Pause, [this] { await_readers(); });
}

void Loan::tell() {
    const std::shared_ptr<Loan> self = std::move(self_);
    readers_ = {};
    watch_.reset();
    again_.reset();
    soon_.reset();
    image_.reset();
    std::exchange(on_unused_, nullptr)();
}

} // namespace tarmac
