import Desk
import Storage
import Tickets

/// B2, B3, B4: what tickets have to do with one another, and who takes part in them.
extension Witness {
    /// Of one ticket; few have any.
    struct Ties: Sendable {
        /// In order of making.
        var bonds: [Extras.Link] = []
        var participants: [Name] = []
    }

    func bonds(of number: TicketNumber) -> [Extras.Link] { ties[number]?.bonds ?? [] }

    /// Parts of a ticket that are not solved.
    func openParts(of whole: TicketNumber) -> [TicketNumber] {
        bonds(of: whole).filter { $0.bond == .hasPart && isOpen($0.ticket) }.map(\.ticket)
    }

    /// The first open ticket from a place on, or the one there when none is.
    func open(from place: Int) -> TicketNumber {
        TicketNumber(UInt64(cases[place...].firstIndex { $0.isOpen } ?? place) + 1)
    }

    /// What a ticket is a part of in the end, and a part of its parts that has none.
    func ends(of number: TicketNumber) -> (top: TicketNumber, bottom: TicketNumber) {
        func end(_ bond: Extras.Bond) -> TicketNumber {
            var (end, steps) = (number, 0)
            while let next = bonds(of: end).last(where: { $0.bond == bond && isOpen($0.ticket) })?.ticket,
                steps < 64
            {
                (end, steps) = (next, steps + 1)
            }
            return end
        }
        return (end(.partOf), end(.hasPart))
    }

    private func isOpen(_ number: TicketNumber) -> Bool {
        isKnown(number) && cases[Int(number.rawValue) - 1].isOpen
    }

    /// A ticket came out of another one.
    mutating func seeOrigin(_ number: TicketNumber, _ submission: Submission) {
        guard let origin = submission.origin else { return }
        switch origin.cause {
        case .follows: tie(number, .follows, origin.ticket, .followedBy)
        case .split:
            markers.reach(.split)
            let isThere = isKnown(origin.ticket) && cases[Int(origin.ticket.rawValue) - 1].stage != .closed
            findings.expect(.b3, isThere, "\(number) is split off \(origin.ticket), which is not there")
            tie(number, .splitFrom, origin.ticket, .splitInto)
        case .child:
            markers.reach(.partMade)
            join(number, to: origin.ticket)
        }
    }

    /// Somebody said what a ticket has to do with another, or asked somebody to take part in it.
    mutating func relate(_ number: TicketNumber, _ amendment: Amendment) {
        switch amendment {
        case .parent(let whole):
            for old in bonds(of: number) where old.bond == .partOf {
                untie(number, .partOf, old.ticket, .hasPart)
                markers.reach(.partTakenOff)
            }
            if let whole { join(number, to: whole) }
        case .link(let other, let isOn):
            findings.expect(.b3, isKnown(other) && other != number, "\(number) is linked to \(other)")
            markers.reach(isOn ? .linked : .unlinked)
            if isOn {
                lastLink = (number, other)
                tie(number, .related, other, .related)
            } else {
                untie(number, .related, other, .related)
            }
        case .participant(let name, let isOn):
            ties[number, default: Ties()].participants.removeAll { $0 == name }
            if isOn { ties[number, default: Ties()].participants.append(name) }
            markers.reach(isOn ? .participantJoined : .participantParted)
        case .kind, .priority, .tag, .field, .spam, .owner, .draft, .feedback, .given, .offered, .accepted,
            .status:
            break
        }
    }

    /// B4: whoever took part in a merged ticket goes on to do so.
    mutating func joinParticipants(of number: TicketNumber, to target: TicketNumber) {
        guard let names = ties[number]?.participants, !names.isEmpty else { return }
        let present = ties[target]?.participants ?? []
        let new = names.filter { !present.contains($0) }
        if !new.isEmpty { markers.reach(.participantMerged) }
        ties[target, default: Ties()].participants += new
    }

    /// B2: a ticket becomes a part of one that is open, and that is no part of it.
    private mutating func join(_ number: TicketNumber, to whole: TicketNumber) {
        findings.expect(.b2, isOpen(whole), "\(number) becomes a part of \(whole), which is not open")
        var (above, steps) = (TicketNumber?.some(whole), 0)
        while let next = above, next != number, steps < 1_000 {
            above = bonds(of: next).first { $0.bond == .partOf && isThere(next) }?.ticket
            steps += 1
        }
        findings.expect(.b2, above == nil, "\(number) becomes a part of \(whole), a part of it")
        if steps > 1 { markers.reach(.partOfAPart) }
        lastWhole = whole
        tie(number, .partOf, whole, .hasPart)
    }

    private func isThere(_ number: TicketNumber) -> Bool {
        isKnown(number) && cases[Int(number.rawValue) - 1].stage != .closed
    }

    /// B2: a ticket is solved, or ends in another, after its parts.
    mutating func checkParts(_ number: TicketNumber) {
        guard ties[number] != nil else { return }
        let open = openParts(of: number)
        findings.expect(.b2, open.isEmpty, "\(number) ends before its parts \(open)")
    }

    mutating func tie(
        _ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber, _ seenThere: Extras.Bond
    ) {
        for (one, link) in [(number, Extras.Link(bond, other)), (other, Extras.Link(seenThere, number))]
        where !bonds(of: one).contains(link) {
            ties[one, default: Ties()].bonds.append(link)
        }
    }

    private mutating func untie(
        _ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber, _ seenThere: Extras.Bond
    ) {
        ties[number]?.bonds.removeAll { $0 == Extras.Link(bond, other) }
        ties[other]?.bonds.removeAll { $0 == Extras.Link(seenThere, number) }
    }

    /// B2: the desk knows the parts, also after it was started again.
    mutating func compareParts(_ number: TicketNumber, _ desk: Desk) {
        guard !ties.isEmpty, isThere(number), ties[number] != nil else { return }
        let bonds = bonds(of: number)
        let whole = bonds.first { $0.bond == .partOf }?.ticket
        let parts = bonds.filter { $0.bond == .hasPart }.map(\.ticket)
        let dossier = desk.dossiers[number]
        findings.expect(
            .b2, dossier?.parent == whole && (dossier?.children ?? []).sorted() == parts.sorted(),
            "\(number) has parts \(dossier?.children ?? []) and is of \(dossier?.parent as Any), "
                + "not \(parts) and \(whole as Any)")
    }

    /// J1: the desk knows which ticket ended in which, also after it was started again.
    mutating func compareMerges(_ desk: Desk) {
        findings.expect(.j1, desk.merges == merges, "the desk has other merges than there were")
    }

    /// J1: what a customer wrote to a ticket is heard there, or where that ended.
    mutating func checkHeard(_ number: TicketNumber, at place: TicketNumber?) {
        guard let place else {
            return _ = findings.expect(.j1, false, "nobody hears what was written to \(number), merged")
        }
        var (end, steps) = (number, 0)
        while end != place, let next = merges[end], steps <= merges.count { (end, steps) = (next, steps + 1) }
        findings.expect(.j1, end == place, "what was written to \(number) is heard at \(place)")
        if steps > 0 { markers.reach(.heardWhereItEnded) }
    }
}
