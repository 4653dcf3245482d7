import Tickets
import Yams

/// How much of a seat a ticket takes, as a desk's file says it: `seats`.
enum SeatsFile {
    /// `ticket` stands for every channel that is not named; what is left out is as usual, and so is all of it where
    /// nothing is said. `whole` is a seat for each ticket, by whatever channel.
    static func seats(_ file: inout FileSection) -> SeatCosts? {
        guard let node = file.node("seats") else { return SeatCosts() }
        if let word = node.scalar?.string {
            if word != "whole" {
                file.add("seats", "`\(word)` is not known: write `whole`, or shares such as `chat: 1/4`")
            }
            return nil
        }
        guard var section = file.section("seats") else { return nil }
        var costs = SeatCosts()
        for key in section.keys {
            guard let text = section.text(key) else { continue }
            guard let perSeat = perSeat(text) else {
                section.add(key, "`\(text)` is no share of a seat: write `1/4`, or `all` for a whole one")
                continue
            }
            if key == "ticket" {
                costs.others = perSeat
            } else if let channel = Name(key) {
                costs.shares.removeAll { $0.channel == channel }
                costs.shares.append(SeatCosts.Share(channel, perSeat: perSeat))
            } else {
                section.add(key, "`\(key)` is no channel's name")
            }
        }
        return costs
    }

    private static func perSeat(_ text: String) -> Int? {
        if text == "all" { return 1 }
        return text.hasPrefix("1/") ? Int(text.dropFirst(2)) : nil
    }
}
