import Desk
import Tickets

/// F1: what a ticket's kind asks for is known, and filled in before the ticket goes to another line.
extension Witness {
    /// A ticket came, with some fields.
    mutating func seeFields(_ number: TicketNumber, _ submission: Submission) {
        guard asks else { return }
        let names = submission.fields.filter { !$0.value.isEmpty }.map(\.name)
        if !names.isEmpty { given[number] = names }
    }

    /// Something was set on a ticket, which is followed.
    mutating func judgeLacking(
        _ number: TicketNumber, _ ticket: Case, _ amendment: Amendment, _ lacking: [String]
    ) {
        guard asks else { return }
        switch amendment {
        case .given(let names):
            let known = given[number] ?? []
            return _ = findings.expect(.f1, names == known, "\(number) came with \(names), not \(known)")
        case .field(let field):
            given[number]?.removeAll { $0 == field.name }
            if !field.value.isEmpty { given[number, default: []].append(field.name) }
        case .kind, .priority, .tag, .participant, .spam, .parent, .link, .owner, .draft, .feedback,
            .offered, .accepted, .status:
            break
        }
        let expected = lacks(number, ticket.kind) { $0.fields + $0.checklist }
        findings.expect(.f1, lacking == expected, "\(number) lacks \(lacking), not \(expected)")
    }

    /// A ticket goes to another line.
    mutating func checkChecklist(_ number: TicketNumber, _ ticket: Case) {
        guard asks else { return }
        let open = lacks(number, ticket.kind, \.checklist)
        findings.expect(.f1, open.isEmpty, "\(number) is escalated, \(open) was not filled in")
        if ticket.kind == Swarm.faulty.name { markers.reach(.checklistFilledIn) }
    }

    /// What the desk has still to ask, also after it was started again.
    mutating func compareChecklist(_ number: TicketNumber, _ desk: Desk) {
        let index = Int(number.rawValue) - 1
        guard asks, cases[index].stage != .closed else { return }
        let (open, known) = (desk.openChecklist(of: number), lacks(number, cases[index].kind, \.checklist))
        findings.expect(.f1, open == known, "\(number) is to be asked for \(open), not \(known)")
    }

    private func lacks(
        _ number: TicketNumber, _ kind: String?, _ asked: (KindSettings) -> [String]
    ) -> [String] {
        guard let kind = settings.life.kinds.first(where: { $0.name == kind }) else { return [] }
        return asked(kind).filter { given[number]?.contains($0) != true }
    }
}
