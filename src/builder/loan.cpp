#include "builder/loan.hpp"

#include <utility>

#include "wlr/guard.hpp"

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
                loan->image_ = std::move(own);
                if (loan->is_begun_)
                    await_end(loan);
            }};
}

void Loan::begin(const std::shared_ptr<Loan>& loan) {
    loan->is_begun_ = true;
    if (loan->image_)
        end(loan);
}

void Loan::await_end(std::shared_ptr<Loan> loan) noexcept {
    Loan& self = *loan;
    self.self_ = std::move(loan);
    if (!self.loop_ || !guard([&self] { self.await_readers(); }))
        self.tell();
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
        again_.emplace(loop_, Pause, [this] { await_end(self_); });
}

void Loan::tell() noexcept {
    const std::shared_ptr<Loan> self = std::move(self_);
    readers_ = {};
    watch_.reset();
    again_.reset();
    soon_.reset();
    image_.reset();
    guard(std::exchange(on_unused_, nullptr));
}

} // namespace tarmac
