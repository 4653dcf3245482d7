import Desk
import Tickets

extension TicketState {
    /// Changes what was set on the ticket.
    mutating func setExtras(_ body: (inout Extras) -> Void) {
        var value = extras.value ?? Extras()
        body(&value)
        extras = Rare(value == Extras() ? nil : value)
    }

    /// Adds a link, unless it is there.
    mutating func link(_ bond: Extras.Bond, _ ticket: TicketNumber) {
        setExtras {
            if !$0.links.contains(Extras.Link(bond, ticket)) { $0.links.append(Extras.Link(bond, ticket)) }
        }
    }

    mutating func unlink(_ bond: Extras.Bond, _ ticket: TicketNumber?) {
        setExtras { $0.links.removeAll { $0.bond == bond && (ticket == nil || $0.ticket == ticket) } }
    }

    /// What somebody answered is no draft any more.
    mutating func endDraft(by author: Name) {
        guard let drafts = extras.value?.drafts, drafts.contains(where: { $0.author == author }) else {
            return
        }
        setExtras { $0.drafts.removeAll { $0.author == author } }
    }

    /// Who took part in a ticket takes part in the one that it ended in, too.
    mutating func join(_ names: [Name]) {
        let present = extras.value?.participants ?? []
        let new = names.filter { !present.contains($0) }
        if !new.isEmpty { setExtras { $0.participants += new } }
    }

    mutating func amend(_ amendment: Amendment, lacking: [String], by author: Name, at moment: Moment) {
        if case .owner(let new, _) = amendment { owner = new }
        if case .spam(let isOn, _) = amendment { setApart(isOn) }
        if case .status(let new, _) = amendment { (status, place) = (new, .aside) }
        setExtras { extras in
            #if PLANTED_BUGS
                if PlantedBug.isActive(.participantsLeaveWithOwner), case .owner = amendment {
                    extras.participants = []
                }
            #endif
            extras.lacking = lacking
            switch amendment {
            case .kind(let kind): extras.kind = Extras.NewKind(name: kind)
            case .priority(let priority): extras.priority = priority
            case .tag(let tag, let isOn):
                extras.tags.removeAll { $0.tag.utf8.elementsEqual(tag.utf8) }
                extras.tags.append(Extras.TagChange(tag: tag, isOn: isOn))
            case .field(let field):
                extras.fields.removeAll { $0.name.utf8.elementsEqual(field.name.utf8) }
                extras.fields.append(field)
            case .participant(let name, let isOn):
                extras.participants.removeAll { $0 == name }
                if isOn { extras.participants.append(name) }
            case .spam(let isOn, _): extras.isSpam = isOn
            case .owner(_, let reason): extras.ownerReason = reason
            case .draft(let text):
                extras.drafts.removeAll { $0.author == author }
                if !text.isEmpty {
                    extras.drafts.append(Extras.Draft(author: author, at: moment, text: text))
                }
            case .feedback(let topic): extras.feedback = topic
            case .parent, .link, .given, .offered, .accepted, .status: break
            }
        }
    }

    /// Takes spam that nobody holds from where it is, or back there.
    private mutating func setApart(_ isSpam: Bool) {
        if isSpam, holder == nil {
            place = .spam
        } else if !isSpam, place == .spam {
            if status == .solved { return place = .aside }
            (place, wakes) = (.waiting, nil)
            if status != .new { status = .open }
        }
    }

    mutating func takeOver(_ token: Token, _ holder: Holder) {
        lastMessage = max(lastMessage, lastReply)
        lastReply = 0
        self.token = token
        self.holder = holder
        assignments &+= 1
    }
}
