#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tarmac/feedback.hpp>
#include <unistd.h>

#include "support/feedback.hpp"

using namespace tarmac;
using test::build_feedback;

namespace {

constexpr FormatModifier XrgbLinear{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR};
constexpr FormatModifier XrgbImplicit{DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID};
constexpr FormatModifier Nv12Linear{DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR};

constexpr dev_t Gpu = 1, Display = 2;

} // namespace

TEST_CASE("a format table is laid out as the spec says") {
    const auto table = FormatTable::create({XrgbLinear, XrgbImplicit});
    REQUIRE(table);
    REQUIRE(table->size_in_bytes() == 32);
    std::uint32_t words[8];
    REQUIRE(pread(table->fd(), words, sizeof words, 0) == sizeof words);
    CHECK(words[0] == DRM_FORMAT_XRGB8888);
    CHECK(words[2] == 0);
    CHECK(words[4] == DRM_FORMAT_XRGB8888);
    CHECK((std::uint64_t{words[7]} << 32 | words[6]) == DRM_FORMAT_MOD_INVALID);
}

TEST_CASE("nobody who has the format table's descriptor can change it") {
    const auto table = FormatTable::create({XrgbLinear});
    REQUIRE(table);
    CHECK(pwrite(table->fd(), "x", 1, 0) < 0);
    CHECK(ftruncate(table->fd(), 0) != 0);
    CHECK(ftruncate(table->fd(), 4096) != 0);
    CHECK(mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, table->fd(), 0) == MAP_FAILED);
    CHECK(fcntl(table->fd(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE) != 0);
    CHECK((fcntl(table->fd(), F_GETFD) & FD_CLOEXEC) != 0);

    const std::string path = "/proc/self/fd/" + std::to_string(table->fd());
    const Fd reopened{open(path.c_str(), O_RDWR | O_CLOEXEC)};
    CHECK(pwrite(reopened.get(), "x", 1, 0) < 0);
    const Fd truncated{open(path.c_str(), O_RDWR | O_TRUNC | O_CLOEXEC)};
    struct stat status;
    REQUIRE(fstat(table->fd(), &status) == 0);
    CHECK(status.st_size == 16);
}

TEST_CASE("a table holds what 16 bits can point to and no more") {
    FormatSet formats;
    for (std::uint64_t modifier = 0; modifier < FormatTable::MaxPairs; ++modifier)
        formats.add({DRM_FORMAT_XRGB8888, modifier});
    CHECK(FormatTable::create(formats));
    formats.add({DRM_FORMAT_XRGB8888, FormatTable::MaxPairs});
    CHECK_FALSE(FormatTable::create(formats));
    CHECK_FALSE(FormatTable::create({}));
}

TEST_CASE("tranches point into one table of all pairs") {
    const auto feedback =
        build_feedback(Gpu, {{Display, TrancheFlags::Scanout, {XrgbLinear}},
                             {Gpu, TrancheFlags::Sampling, {Nv12Linear, XrgbLinear}}});
    REQUIRE(feedback);
    const Feedback& told = **feedback;
    CHECK(told.table().formats() == FormatSet{XrgbLinear, Nv12Linear});
    CHECK(std::ranges::equal(told.indices(0), std::vector<std::uint16_t>{0}));
    CHECK(std::ranges::equal(told.indices(1), std::vector<std::uint16_t>{1, 0}));
    CHECK(told.contains(Nv12Linear));
    CHECK_FALSE(told.contains(XrgbImplicit));
}

TEST_CASE("feedback that breaks a rule of the spec is refused") {
    CHECK_FALSE(build_feedback(Gpu, {}));
    CHECK_FALSE(build_feedback(Gpu, {{Gpu, TrancheFlags::Sampling, {}}}));
    CHECK_FALSE(build_feedback(Gpu, {{Gpu, TrancheFlags::Scanout, {XrgbLinear}}}));
    CHECK_FALSE(build_feedback(Gpu, {{Display, TrancheFlags::Sampling, {XrgbLinear}}}));
    const Tranche sampling{Gpu, TrancheFlags::Sampling, {XrgbLinear, Nv12Linear}};
    CHECK_FALSE(build_feedback(Gpu, {sampling, {Display, TrancheFlags::None, {XrgbLinear}}}));
}

TEST_CASE("no client is told of a pair twice for a device") {
    const Tranche sampling{Gpu, TrancheFlags::Sampling, {XrgbLinear, Nv12Linear}};
    const auto feedback =
        build_feedback(Gpu, {{Display, TrancheFlags::Scanout, {XrgbLinear}},
                             sampling,
                             {Gpu, TrancheFlags::Scanout, {XrgbLinear}},
                             {Gpu, TrancheFlags::Sampling, {Nv12Linear, XrgbImplicit}},
                             {Gpu, TrancheFlags::Scanout | TrancheFlags::Sampling, {XrgbLinear}}});
    REQUIRE(feedback);
    CHECK(std::ranges::equal((*feedback)->tranches(),
                             std::vector<Tranche>{{Display, TrancheFlags::Scanout, {XrgbLinear}},
                                                  sampling,
                                                  {Gpu, TrancheFlags::Scanout, {XrgbLinear}},
                                                  {Gpu, TrancheFlags::Sampling, {XrgbImplicit}}}));
}

TEST_CASE("the main device is the first that samples, unless another is named") {
    const FeedbackBuilder builder =
        FeedbackBuilder{}
            .add_tranche({Display, TrancheFlags::Scanout, {XrgbLinear}})
            .add_tranche({Gpu, TrancheFlags::Sampling, {XrgbLinear}})
            .add_tranche({Display, TrancheFlags::Sampling, {Nv12Linear}});
    CHECK(builder.build().value()->main_device() == Gpu);
    CHECK(FeedbackBuilder{builder}.set_main_device(Display).build().value()->main_device() ==
          Display);
    CHECK_FALSE(FeedbackBuilder{builder}.set_main_device(Display + 1).build());
}

TEST_CASE("feedback with the same pairs can share a table") {
    const auto base =
        build_feedback(Gpu, {{Gpu, TrancheFlags::Sampling, {XrgbLinear, Nv12Linear}}});
    const FeedbackBuilder builder =
        FeedbackBuilder{}
            .share_table(*base)
            .add_tranche({Display, TrancheFlags::Scanout, {Nv12Linear}})
            .add_tranche({Gpu, TrancheFlags::Sampling, {Nv12Linear, XrgbLinear}});
    const auto same_pairs = builder.build();
    REQUIRE(same_pairs);
    CHECK(&(*same_pairs)->table() == &(*base)->table());
    CHECK(std::ranges::equal((*same_pairs)->indices(0), std::vector<std::uint16_t>{1}));
    CHECK(std::ranges::equal((*same_pairs)->indices(1), std::vector<std::uint16_t>{1, 0}));

    const auto more = FeedbackBuilder{builder}
                          .add_tranche({Display, TrancheFlags::Sampling, {XrgbImplicit}})
                          .build();
    REQUIRE(more);
    CHECK(&(*more)->table() != &(*base)->table());
    CHECK((*more)->contains(XrgbImplicit));
    CHECK_FALSE((*base)->contains(XrgbImplicit));
}

TEST_CASE("feedback compares by what a client would be told") {
    const std::vector<Tranche> tranches = {{Gpu, TrancheFlags::Sampling, {XrgbLinear}}};
    const auto one = build_feedback(Gpu, tranches);
    const auto same = build_feedback(Gpu, tranches);
    const auto other = build_feedback(Gpu, {{Gpu, TrancheFlags::Sampling, {XrgbImplicit}}});
    for (std::uint32_t version : {4, 5, 6}) {
        CHECK((*one)->tells_same(**same, version));
        CHECK_FALSE((*one)->tells_same(**other, version));
    }

    const std::vector<Tranche> both = {{Gpu, TrancheFlags::Sampling, {XrgbLinear}},
                                       {Display, TrancheFlags::Sampling, {XrgbLinear}}};
    const auto main_on_gpu = build_feedback(Gpu, both),
               main_on_display = build_feedback(Display, both);
    CHECK_FALSE((*main_on_gpu)->tells_same(**main_on_display, 5));
    CHECK((*main_on_gpu)->tells_same(**main_on_display, 6));

    const TrancheFlags all = TrancheFlags::Scanout | TrancheFlags::Sampling;
    const auto only_scanned_out =
        build_feedback(Gpu, {{Gpu, TrancheFlags::Scanout, {XrgbLinear}},
                             {Gpu, TrancheFlags::Sampling, {XrgbImplicit}}});
    const auto sampled_too = build_feedback(
        Gpu, {{Gpu, all, {XrgbLinear}}, {Gpu, TrancheFlags::Sampling, {XrgbImplicit}}});
    CHECK((*only_scanned_out)->tells_same(**sampled_too, 5));
    CHECK_FALSE((*only_scanned_out)->tells_same(**sampled_too, 6));
}
