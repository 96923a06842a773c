#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/content_compositor.hpp"
#include "fuzz/content_memory.hpp"
#include "fuzz/content_model.hpp"
#include "fuzz/input.hpp"
#include "fuzz/wire_client.hpp"

namespace fuzz {

/// A client that does nothing wrong: it draws in what isn't used, damages what it changes, and what
/// it commits keeps to the protocols. What, it reads from the input.
class Painter {
public:
    /// Of `knows` a bit says whether it has a say in colours, and two whether it has points of
    /// timelines in place of fences.
    Painter(Compositor& compositor, std::uint8_t knows);
    ~Painter();
    Painter(const Painter&) = delete;
    Painter& operator=(const Painter&) = delete;

    void add_surface(test::FuzzInput& input);
    void remove_surface(test::FuzzInput& input);
    void remove_all();
    /// A new picture, now or later.
    void commit_picture(test::FuzzInput& input);
    /// One that was committed before.
    void commit_again(test::FuzzInput& input);
    /// The picture as before, but seen otherwise.
    void commit_otherwise(test::FuzzInput& input);
    void commit_nothing(test::FuzzInput& input);
    void destroy_buffer(Canvas& canvas);

    void send() { client_.flush(); }
    void hear();
    /// Adds its surfaces to what is looked at.
    void name_surfaces(std::vector<wlr_surface*>& looked_at) const;
    // What is seen of these surfaces, in their order
    /// It may be.
    void check_seen(std::span<const Seen> seen);
    /// Whether all is that can be.
    bool is_settled(std::span<const Seen> seen);
    std::string describe(std::span<const Seen> seen);
    void lose();
    std::size_t n_surfaces() const { return surfaces_.size(); }

private:
    static constexpr unsigned MostSurfaces = 5;

    struct Surface {
        std::uint32_t id, viewport = 0, colors = 0, sync = 0, subsurface = 0;
        std::shared_ptr<Tree> tree;
        Tree::Part* part;
        Surface* parent = nullptr;
        Geometry sent{};
        bool is_told_yuv = false; ///< what its colours' object says last
    };

    Surface* choose(test::FuzzInput& input);
    void remove(Surface& surface);
    void change_geometry(Shown& shown, test::FuzzInput& input);
    void change_colors(Surface& surface, Shown& shown, test::FuzzInput& input);
    void tell_encoding(Surface& surface, const Shown& shown);
    void send_geometry(Surface& surface, const Shown& shown);
    void attach(Surface& surface, Canvas& canvas, const Shown& shown, std::uint8_t damage);
    void send_damage(Surface& surface, const Shown& shown, std::uint8_t how);
    void make_buffer(Canvas& canvas);
    void set_points(const Surface& surface, Canvas& canvas);
    std::uint32_t find(const Timeline& timeline);
    /// Of each tree of surfaces what is seen.
    template <class Function>
    bool for_each_tree(std::span<const Seen> seen, Function&& function);

    Compositor& compositor_;
    Client client_;
    bool knows_colors_, knows_points_;
    std::map<const Timeline*, std::uint32_t> timelines_; ///< its objects of these
    std::list<Surface> surfaces_;
};

} // namespace fuzz
