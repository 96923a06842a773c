// What LinuxDmabuf::State tells who looks.

#include <algorithm>
#include <array>
#include <ranges>
#include <tarmac/snapshot.hpp>
#include <unordered_map>
#include <unordered_set>

#include "account/process_name.hpp"
#include "dmabuf/out_of_memory.hpp"
#include "import/way_reason.hpp"
#include "protocol/feedback_object.hpp"
#include "protocol/linux_dmabuf_state.hpp"

namespace tarmac {

namespace {

/// What connections hold of their own, by account.
using OwnHeld = std::unordered_map<const Account*, std::array<std::uint64_t, ResourceCount>>;

std::vector<Snapshot::Use> uses_of(const ClientAccount& account, const OwnHeld& own) {
    const auto& of_all = own.at(&account.account());
    std::vector<Snapshot::Use> uses;
    uses.reserve(ResourceCount);
    for (std::size_t i = 0; i < ResourceCount; ++i) {
        const auto resource = static_cast<Resource>(i);
        if (resource != Resource::Connections)
            uses.push_back({name_of(resource), account.held(resource),
                            account.account().held(resource) + of_all[i], account.left(resource)});
    }
    return uses;
}

/// Of images that are read. Many of a client's are alike, so what is said of the last one is
/// remembered, where it is its format that isn't imported.
class ReadImages {
public:
    explicit ReadImages(const RendererFacts* facts) : facts_{facts} {}

    void describe(Snapshot::Buffer& told) {
        if (!facts_)
            return;
        const Dmabuf& image = *told.image;
        if (!last_ || !is_alike(*last_, image)) {
            // The kernel needn't be asked: that its memory may be read was known when it was taken.
            const auto way = decide_reading(
                *facts_, ImageFacts::of(image, *facts_, MemoryKind::Pages), Colors::of(image));
            way_ = way ? way_name(*way) : "";
            reason_ = way ? reason_not_imported(*facts_, image) : way.error().message;
            last_ = may_import(*facts_, {image.fourcc(), image.modifier()}) ? nullptr : &image;
        }
        told.way = way_;
        told.reason = reason_;
    }

private:
    static bool is_alike(const Dmabuf& a, const Dmabuf& b) {
        return a.width() == b.width() && a.height() == b.height() && a.fourcc() == b.fourcc() &&
               a.modifier() == b.modifier() && a.is_y_inverted() == b.is_y_inverted() &&
               std::ranges::equal(a.planes(), b.planes(), [](const Plane& x, const Plane& y) {
                   return x.offset == y.offset && x.stride == y.stride;
               });
    }

    const RendererFacts* facts_;
    const Dmabuf* last_ = nullptr;
    std::string_view way_;
    std::string reason_;
};

/// What the oldest commit with a buffer waits for.
struct Wait {
    Snapshot::Awaits awaits;
    std::chrono::steady_clock::time_point since;
};
using Waits = std::unordered_map<const DmabufBuffer*, Wait>;

Waits waits_of(const Surfaces& surfaces) {
    Waits waits;
    surfaces.for_each([&](const Surface& surface) {
        surface.for_each_waiting([&](const DmabufBuffer& buffer, Snapshot::Awaits awaits,
                                     std::chrono::steady_clock::time_point since) {
            const auto [place, is_new] = waits.try_emplace(&buffer, awaits, since);
            if (!is_new && since < place->second.since)
                place->second = {awaits, since};
        });
    });
    return waits;
}

} // namespace

Result<Snapshot> LinuxDmabuf::State::snapshot() const {
    Result<Snapshot> taken = std::unexpected(out_of_memory());
    guard([&] {
        Snapshot snapshot;
        snapshot.clients = told_clients();
        snapshot.buffers = told_buffers();
        snapshot.surfaces = told_surfaces();
        snapshot.refusals.assign(refusals_.begin(), refusals_.end());
        snapshot.told = told_feedback();

        // What a surface shows may be a copy, which knows the image alone.
        std::unordered_multimap<const Dmabuf*, Snapshot::Surface*> shown;
        for (Snapshot::Surface& surface : snapshot.surfaces) {
            if (surface.image)
                shown.emplace(surface.image.get(), &surface);
        }
        for (const Snapshot::Buffer& buffer : snapshot.buffers) {
            if (buffer.id == 0)
                continue;
            const auto [first, last] = shown.equal_range(buffer.image.get());
            for (const auto& entry : std::ranges::subrange{first, last})
                entry.second->buffer = buffer.id;
        }
        taken = std::move(snapshot);
    });
    return taken;
}

std::vector<Snapshot::Client> LinuxDmabuf::State::told_clients() const {
    std::vector<Snapshot::Client> clients;
    OwnHeld own;
    clients_.for_each([&](const Clients::Known& known) {
        auto& of_all = own[&known.account.account()];
        for (std::size_t i = 0; i < ResourceCount; ++i)
            of_all[i] += known.account.own_held(static_cast<Resource>(i));
    });
    static const Activity none;
    // Of a process with many connections it is read once.
    std::unordered_map<pid_t, std::string> names;
    clients_.for_each([&](const Clients::Known& known) {
        const Activity* own_activity = known.account.known_activity();
        const Activity& activity = own_activity ? *own_activity : none;
        const auto [name, is_new] = names.try_emplace(known.pid);
        if (is_new)
            name->second = process_name(known.pid);
        clients.push_back({.id = known.account.id(),
                           .pid = known.pid,
                           .process = name->second,
                           .account = known.account.account().name(),
                           .is_admitted = known.is_admitted,
                           .uses = uses_of(known.account, own),
                           .imports = activity.imports,
                           .refusals = activity.refusals,
                           .shown_commits = activity.shown_commits,
                           .import = activity.import.summary(),
                           .wait = activity.wait.summary(),
                           .conversion = activity.conversion.summary()});
    });
    std::ranges::sort(clients, {}, &Snapshot::Client::id);
    return clients;
}

std::vector<Snapshot::Buffer> LinuxDmabuf::State::told_buffers() const {
    using State = DmabufBuffer::State;
    std::vector<Snapshot::Buffer> buffers;
    buffers.reserve(static_cast<std::size_t>(wl_list_length(&buffers_)));
    ReadImages read{surface_context_.renderer.get()};
    const Waits waits = surfaces_ ? waits_of(*surfaces_) : Waits{};
    const auto now = std::chrono::steady_clock::now();
    for (wl_list* place = buffers_.next; place != &buffers_; place = place->next) {
        const DmabufBuffer& buffer = DmabufBuffer::in(place);
        const auto mapping = buffer.mapping();
        Snapshot::Buffer& told =
            buffers.emplace_back(buffer.account()->id(), buffer.id(), buffer.image());
        told.mapped_bytes = mapping ? mapping->size_in_bytes() : buffer.mapped_bytes();
        told.locks = static_cast<unsigned>(buffer.n_locks);
        switch (buffer.state()) {
        case State::Waiting:
        case State::OnTrial:
            told.awaits = Snapshot::Awaits::Import;
            break;
        case State::BeingMapped:
            told.awaits = Snapshot::Awaits::Mapping;
            break;
        case State::Imported:
            told.way = way_name(Way::Import);
            break;
        case State::Mapped:
            read.describe(told);
            break;
        case State::Failed:
            told.reason = buffer.error().message;
            break;
        }
        if (buffer.is_waiting()) {
            told.waits_for = now - buffer.waits_since();
        } else if (const auto wait = waits.find(&buffer); wait != waits.end()) {
            told.awaits = wait->second.awaits;
            told.waits_for = now - wait->second.since;
        }
    }
    return buffers;
}

std::vector<Snapshot::Surface> LinuxDmabuf::State::told_surfaces() const {
    std::vector<Snapshot::Surface> surfaces;
    if (!surfaces_)
        return surfaces;
    Sights sights = look_at_outputs_ ? look_at_outputs_() : Sights{};
    surfaces_->for_each([&](const Surface& surface) {
        auto told = surface.snapshot();
        if (!told)
            return;
        if (const auto seen = sights.find(&surface.get()); seen != sights.end())
            told->outputs = std::move(seen->second);
        surfaces.push_back(std::move(*told));
    });
    std::ranges::sort(surfaces, {}, [](const Snapshot::Surface& surface) {
        return std::pair{surface.client, surface.id};
    });
    return surfaces;
}

std::vector<Snapshot::Told> LinuxDmabuf::State::told_feedback() const {
    std::vector<Snapshot::Told> all;
    std::unordered_set<std::uint64_t> have_default;
    for (const FeedbackObject* object : feedbacks_.objects()) {
        if (!object->told() || object->is_inert())
            continue;
        auto* surface = const_cast<wl_resource*>(object->surface());
        all.push_back({object->account()->id(),
                       surface ? std::optional{wl_resource_get_id(surface)} : std::nullopt,
                       object->told()});
        if (!surface)
            have_default.insert(object->account()->id());
    }
    // Before version 4 there are no such objects.
    clients_.for_each([&](const Clients::Known& known) {
        auto feedback = known.account.last_told();
        if (feedback && !have_default.contains(known.account.id()))
            all.push_back({known.account.id(), std::nullopt, std::move(feedback)});
    });
    std::ranges::stable_sort(all, {}, &Snapshot::Told::client);
    return all;
}

} // namespace tarmac
