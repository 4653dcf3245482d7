import Desk
import Tickets

/// F3, F4: what comes back goes to its owner, or to who stands in for them when they have left; and is kept for them.
extension Witness {
    /// A change of owner that the desk made by itself.
    struct OwnerChange {
        var position: Position
        var ticket: TicketNumber
        var before: Name?
        var after: Name?
    }

    /// Those who had left when a ticket was handed back, of whom the deputy was there.
    struct StandIns {
        var position: Position
        var pairs: [Deputy]
    }

    /// The owner of a ticket that another node gets under a token, and since when they are there.
    struct Keeper {
        var token: Token
        var name: Name
        var since: Moment
    }

    /// The broker read a goodbye of a node; nil when it was no node's.
    mutating func seeGoodbye(of node: Name?) {
        if let node { gone.insert(node) }
    }

    /// The broker has greeted a node; nil when it was sent away.
    mutating func seeBack(_ node: Name?) {
        if let node { gone.remove(node) }
    }

    /// The broker has decided what came in a frame; who is there has not changed since.
    mutating func seeDecided(_ records: ArraySlice<Record>, _ exchange: Exchange) {
        guard !settings.life.deputies.isEmpty, !gone.isEmpty else { return }
        for record in records {
            guard case .handedBack(_, _, let line, _, _) = record.event else { continue }
            var pairs: [Deputy] = []
            for pair in settings.life.deputies where gone.contains(pair.owner) {
                if exchange.presence(named: pair.deputy)?.line == line { pairs.append(pair) }
            }
            if !pairs.isEmpty { standIns.append(StandIns(position: record.position, pairs: pairs)) }
        }
    }

    /// F3: a ticket is handed back; `ticket` is as it was before.
    mutating func checkDeputy(_ number: TicketNumber, _ ticket: Case) {
        guard !settings.life.deputies.isEmpty else { return }
        while let first = standIns.first, first.position < position { standIns.removeFirst() }
        let pairs = standIns.first?.position == position ? standIns.removeFirst().pairs : []
        var change = ownerChange
        if change?.ticket != number || change?.position.next != position { change = nil }
        let owner = change == nil ? ticket.owner : change?.before
        let pair = ticket.frames.count == 1 ? pairs.first { $0.owner == owner } : nil
        findings.expect(
            .f3, change?.after == pair?.deputy,
            "\(number) of \(owner?.text ?? "nobody") goes back to \(ticket.owner?.text ?? "nobody"), "
                + "\(pair?.deputy.text ?? "nobody") stands in")
        if pair != nil { markers.reach(.deputyTookBack) }
    }

    /// A node gets a ticket whose owner is another one, who serves the same line now.
    mutating func seeKeeper(
        _ number: TicketNumber, _ token: Token, _ owner: Name?, _ holder: Holder, _ exchange: Exchange
    ) {
        keepers[number] = nil
        guard let owner, owner != holder.node, let node = exchange.presence(named: owner),
            node.line == exchange.presence(named: holder.node)?.line
        else { return }
        keepers[number] = Keeper(token: token, name: owner, since: node.since)
    }

    /// F4: a node is granted a ticket that is kept for its owner, who was there all the time, only after that.
    mutating func checkKept(
        _ number: TicketNumber, _ token: Token, _ ticket: Case, for holder: Holder, _ moment: Moment
    ) {
        // What is on disk only now may have been granted once more since.
        guard !keepers.isEmpty, let keeper = keepers[number], keeper.token == token else { return }
        keepers[number] = nil
        // Who was seen is the owner at the end of the turn, which may have changed after the grant.
        guard ticket.isForOwner, let kept = ticket.kept, keeper.name == ticket.owner, keeper.since < kept
        else { return }
        let time = moment.milliseconds(since: kept)
        markers.reach(.waitedForItsOwner)
        findings.expect(
            .f4, time >= settings.lines[ticket.line].ownerWaitMilliseconds,
            "\(number), kept for \(ticket.owner?.text ?? "nobody"), goes to \(holder.node) after \(time) ms")
    }
}
