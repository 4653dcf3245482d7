package import Tickets

/// How much of a node's seats is taken, where a desk's channels differ in that.
///
/// Counted each time from what the node holds, so that it cannot drift: not by a reconnect, not by a claim that is taken
/// over, not by other settings. Where those leave a node with more than it has room for, nothing is taken from it; it is
/// granted nothing until it has room again.
extension Desk {
    /// Points that a ticket takes; 1 where every ticket takes a seat. A ticket from before the desk told channels apart
    /// takes a whole seat until it is solved, as it did then: it may be a call, and nobody gets a letter beside one.
    package func points(of number: TicketNumber) -> Int {
        guard tellsChannels, let costs = settings.seatCosts else { return 1 }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.callTakenForATicket) { return costs.points(nil) }
        #endif
        guard let channel = channels[number] else { return SeatCosts.seat }
        return costs.points(channel)
    }

    /// Points of one seat.
    package var pointsPerSeat: Int { tellsChannels && settings.seatCosts != nil ? SeatCosts.seat : 1 }

    /// Points that what somebody holds takes.
    func pointsHeld(by node: Name) -> Int {
        guard let held = holdings[node] else { return 0 }
        return tellsChannels ? held.reduce(0) { $0 + points(of: $1) } : held.count
    }

    /// Points that a node has free; see ``points(of:)``. What it holds is counted, so it cannot drift.
    package func freePoints(of node: Presence) -> Int {
        #if PLANTED_BUGS
            let seats = node.seats + (PlantedBug.isActive(.oneSeatMore) ? 1 : 0)
        #else
            let seats = node.seats
        #endif
        if node.isAway { return 0 }
        return max(0, seats * pointsPerSeat - pointsHeld(by: node.name))
    }

    /// Keeps the channels in step with an event; called only where they are told apart.
    mutating func followChannels(_ event: borrowing Event) {
        switch event {
        case .submitted(let number, _, let submission): channels[number] = submission.channel
        case .closed(let numbers): for number in numbers { channels[number] = nil }
        case .merged(let number, _, _): channels[number] = nil
        default: break
        }
    }

    /// The desk is another: it may tell channels apart now, or no more.
    mutating func adoptSeats() {
        let settings = configuration?.settings
        tellsChannels =
            settings?.seatCosts != nil || settings?.lines.contains { $0.offers != nil } == true
        if !tellsChannels { channels = TicketMap() }
    }
}
