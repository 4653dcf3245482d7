package import Tickets

/// What the rules need to know of a ticket on which something was set.
///
/// Few tickets have one, so these stand in a table of their own beside ``Desk/tickets``, and an ordinary ticket costs
/// neither memory nor time for them. As with tickets, texts are not here: tags, links, values and drafts are in the
/// view. All of it comes from three events: `amended` sets one thing on a ticket that stays where it is, unless that is
/// whether it is spam; `tookOver` gives its claim to somebody else; `merged` ends it in another ticket. A ticket that
/// comes from another one (a late message, a part, a second matter) is an ordinary `submitted` that names its origin.
package struct Dossier: Hashable, Sendable {
    /// Known only of tickets whose desk asks something of their kind.
    package var kind: String?
    /// Names of fields that have a value.
    package var given: [String] = []
    /// Names of fields that its kind asks for and that have none.
    package var lacking: [String] = []
    package var parent: TicketNumber?
    /// Tickets that are part of this one, solved ones too.
    package var children: [TicketNumber] = []
    /// Who has a draft of a reply.
    package var drafters: [Name] = []
    package var isSpam = false
    /// How often something was set; drafts, priorities and owners replace what was there and are not counted.
    package var amendments: UInt32 = 0

    package init() {}
}

extension Dossier {
    /// Takes an amendment in; `lacking` is what the rules concluded.
    mutating func take(_ amendment: Amendment, lacking: [String], by author: Name) {
        self.lacking = lacking
        switch amendment {
        case .priority, .owner, .offered, .accepted, .status: return
        case .draft(let text):
            drafters.removeAll { $0 == author }
            if !text.isEmpty { drafters.append(author) }
            return
        case .kind(let kind): self.kind = kind
        case .given(let names): given = names
        case .field(let field):
            given.removeAll { $0.isSameText(as: field.name) }
            if !field.value.isEmpty { given.append(field.name) }
        case .spam(let isOn, _): isSpam = isOn
        case .parent(let parent): self.parent = parent
        case .tag, .participant, .link, .feedback: break
        }
        amendments += 1
    }
}

extension Desk {
    /// Names of fields that a ticket's kind asks for and that nobody gave.
    func lacking(of number: TicketNumber) -> [String] {
        // Of most desks no ticket has one, and this is asked at every grant.
        dossiers.isEmpty ? [] : dossiers[number]?.lacking ?? []
    }
}
