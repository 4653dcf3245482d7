import Desk
import Tickets

/// What was set on tickets, taken-over claims and merges: followed without the projector's folding or the desk's.
extension LogTracker {
    /// Follows the links that an event makes between two tickets, each of which shows it with its own word.
    mutating func followLinks(_ record: Record) {
        switch record.event {
        case .submitted(let number, _, let submission):
            guard let origin = submission.origin else { return }
            join(number, Extras.Bond(origin.cause), origin.ticket)
        case .amended(let number, _, .link(let other, let isOn), _):
            if isOn { join(number, .related, other) } else { part(number, .related, other) }
        case .amended(let number, _, .parent(let parent), _):
            let before = tickets[number]?.extras.links.first { $0.bond == .partOf }?.ticket
            if let before { part(number, .partOf, before) }
            if let parent { join(number, .partOf, parent) }
        default: break
        }
    }

    private mutating func join(_ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber) {
        for link in [(number, Extras.Link(bond, other)), (other, Extras.Link(bond.inverse, number))] {
            guard tickets[link.0]?.extras.links.contains(link.1) == false else { continue }
            tickets[link.0]?.extras.links.append(link.1)
        }
    }

    private mutating func part(_ number: TicketNumber, _ bond: Extras.Bond, _ other: TicketNumber) {
        tickets[number]?.extras.links.removeAll { $0 == Extras.Link(bond, other) }
        tickets[other]?.extras.links.removeAll { $0 == Extras.Link(bond.inverse, number) }
    }

    /// Judges a merge before it is followed: it ends a ticket that was there in one that goes on.
    mutating func checkMerge(_ number: TicketNumber, into target: TicketNumber) {
        let position = position
        let goesOn = tickets[target].map { $0.state.status != .closed && $0.state.status != .solved } == true
        findings.check(
            .j1, number != target && goesOn && !leads(from: target, to: number),
            "event \(position): ticket \(number) is merged into \(target), which does not go on")
    }

    /// Whether what was merged into what leads from one ticket to another.
    private func leads(from start: TicketNumber, to end: TicketNumber) -> Bool {
        var (number, steps) = (start, 0)
        while let next = merges[number], steps <= merges.count {
            if next == end { return true }
            (number, steps) = (next, steps + 1)
        }
        return false
    }

    mutating func checkAmendment(_ event: Event) {
        guard case .amended(let number, _, .owner(_, let reason), _) = event else { return }
        let position = position
        findings.check(
            .o1, !reason.utf8.isEmpty, "event \(position): ticket \(number) has a new owner without a reason")
    }

    /// Compares what the desk's rules know of a ticket beside its way.
    mutating func compareLife(_ desk: Desk) {
        findings.check(.j1, desk.merges == merges, "the desk has other merges than the log")
        for number in desk.dossiers.keys.sorted() where tickets[number]?.isTainted == false {
            guard let dossier = desk.dossiers[number], let tracked = tickets[number] else { continue }
            let extras = tracked.extras
            let parts = extras.links.filter { $0.bond == .hasPart }.map(\.ticket)
            var same = dossier.isSpam == extras.isSpam && dossier.lacking == extras.lacking
            same = same && dossier.drafters == extras.drafts.map(\.author)
            same = same && dossier.children.sorted() == parts.sorted()
            same = same && dossier.parent == extras.links.first { $0.bond == .partOf }?.ticket
            findings.check(
                .d6, same, "what was set on ticket \(number) is another in the desk than in the log")
        }
    }
}

extension LogTracker.Tracked {
    /// Takes an amendment at its word.
    mutating func amend(_ amendment: Amendment, lacking: [String], _ record: Record) {
        extras.lacking = lacking
        let author = record.author.displayName
        switch amendment {
        case .owner(let owner, let reason): (state.owner, extras.ownerReason) = (owner, reason)
        case .priority(let new): (priority, extras.priority) = (new, new)
        case .kind(let kind): extras.kind = Extras.NewKind(name: kind)
        case .tag(let tag, let isOn):
            let others = extras.tags.filter { !$0.tag.utf8.elementsEqual(tag.utf8) }
            extras.tags = others + [Extras.TagChange(tag: tag, isOn: isOn)]
        case .field(let field):
            let others = extras.fields.filter { !$0.name.utf8.elementsEqual(field.name.utf8) }
            extras.fields = others + [field]
        case .participant(let name, let isOn):
            extras.participants = extras.participants.filter { $0 != name } + (isOn ? [name] : [])
        case .spam(let isOn, _):
            extras.isSpam = isOn
            if isOn { leaveForSpam() } else if state.place == .spam { comeBack() }
        case .draft(let text):
            let others = extras.drafts.filter { $0.author != author }
            let new = Extras.Draft(author: author, at: record.at, text: text)
            extras.drafts = others + (text.isEmpty ? [] : [new])
        case .feedback(let topic): extras.feedback = topic
        case .status(let status, _): (state.status, state.place) = (status, .aside)
        case .parent, .link, .given, .offered, .accepted: break
        }
    }

    private mutating func leaveForSpam() {
        // Somebody else may hold it, in older logs.
        if state.holder == nil { state.place = .spam }
    }

    private mutating func comeBack() {
        if state.status == .solved { return state.place = .aside }
        (state.place, state.wakes) = (.waiting, nil)
        if state.status != .new { state.status = .open }
    }

    /// Whoever answers has no draft any more.
    mutating func endDraft(_ record: Record) {
        let author = record.author.displayName
        if !extras.drafts.isEmpty { extras.drafts = extras.drafts.filter { $0.author != author } }
    }

    mutating func takeOver(_ token: Token, _ holder: Holder) {
        (state.token, state.holder) = (token, holder)
        state.assignments &+= 1
    }
}
