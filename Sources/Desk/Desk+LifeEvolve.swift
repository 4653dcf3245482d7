import Tickets

/// Folding of what happens to a ticket beside its way through the lines.
extension Desk {
    mutating func amend(
        _ number: TicketNumber, _ amendment: Amendment, lacking: [String], by author: Name,
        endsClaim: Bool, at moment: Moment
    ) {
        let wasSpam = isSpam(number)
        let update: (inout Ticket) -> Void = { ticket in
            switch amendment {
            case .priority(let priority): ticket.priority = priority
            case .owner(let owner, _): ticket.owner = owner
            // In older logs, some is marked while somebody else goes on holding it.
            case .spam(true, _): if endsClaim || ticket.place != .claimed { ticket.setApart() }
            case .spam(false, _): ticket.putBack()
            case .status(let status, _): ticket.setAside(as: status)
            case .kind, .tag, .field, .participant, .parent, .link, .draft, .feedback, .given, .offered,
                .accepted:
                break
            }
        }
        if endsClaim { endClaim(number, update) } else { change(number, update) }
        if wasSpam != isSpam(number) { timeSpam(number, at: moment) }
        if case .status(.solved, _) = amendment {
            solved.append(.init(number: number, assignments: 0, at: moment))
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.draftLost), case .owner = amendment { dossiers[number]?.drafters = [] }
        #endif
        switch amendment {
        case .priority, .owner, .offered, .accepted, .status: return
        case .parent(let parent): moveChild(number, to: parent)
        case .kind, .tag, .field, .participant, .spam, .link, .draft, .feedback, .given: break
        }
        dossiers[number, default: Dossier()].take(amendment, lacking: lacking, by: author)
    }

    /// A ticket that was made as a part of another.
    mutating func addChild(_ number: TicketNumber, of parent: TicketNumber) {
        moveChild(number, to: parent)
        dossiers[number, default: Dossier()].parent = parent
    }

    private mutating func moveChild(_ number: TicketNumber, to parent: TicketNumber?) {
        #if PLANTED_BUGS
            let isLeft = PlantedBug.isActive(.partStaysWithBoth)
        #else
            let isLeft = false
        #endif
        if !isLeft, let before = dossiers[number]?.parent {
            dossiers[before]?.children.removeAll { $0 == number }
        }
        guard let parent, tickets.look(at: parent, { _ in true }) == true else { return }
        dossiers[parent, default: Dossier()].children.append(number)
    }

    /// What somebody answers is no draft any more.
    mutating func endDraft(of number: TicketNumber, by author: Name) {
        guard !dossiers.isEmpty else { return }
        dossiers[number]?.drafters.removeAll { $0 == author }
    }

    mutating func takeOver(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ lease: Int64, at moment: Moment
    ) {
        census.claims += 1
        endClaim(number) {
            precondition(token > $0.token, "token \(token) of \(number) after \($0.token)")
            $0.token = token
            $0.assignments += 1
        }
        claims[number] = Claim(token: token, holder: holder, leaseMilliseconds: lease, at: moment)
        holdings[holder.node, default: []].append(number)
    }

    mutating func merge(_ number: TicketNumber, into target: TicketNumber) {
        let close: (inout Ticket) -> Void = {
            $0.status = .closed
            $0.place = .aside
        }
        #if PLANTED_BUGS
            let keeps = PlantedBug.isActive(.mergedKeepsItsClaim)
        #else
            let keeps = false
        #endif
        if claims[number] != nil, !keeps { endClaim(number, close) } else { change(number, close) }
        change(target) { _ in }
        closeWish(of: number)
        mergedCustomers[number] = tickets.look(at: number) { $0.customer }
        tickets[number] = nil
        dossiers[number] = nil
        if !demands.isEmpty { demands[number] = nil }
        merges[number] = target
    }
}
