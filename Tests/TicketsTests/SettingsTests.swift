import Testing
import Tickets

@Suite struct SettingsTests {
    @Test func `a more urgent priority never has a smaller head start`() {
        let line = LineSettings(name: "line-one")
        let starts = Priority.allCases.map { line.headStart($0) }
        #expect(starts == starts.sorted())
        #expect(Priority.allCases == Priority.allCases.sorted())
    }

    @Test func `bounds that contradict each other stop the start`() async {
        await #expect(processExitsWith: .failure) {
            var limits = Limits()
            limits.closedPerEvent = limits.solvedKept + 1
            limits.check()
        }
        await #expect(processExitsWith: .failure) {
            var limits = Limits()
            limits.entriesReserved = limits.framesMax
            limits.check()
        }
        await #expect(processExitsWith: .failure) {
            _ = LineSettings(name: "line-one", headStartMilliseconds: [0])
        }
    }

    @Test func `every command about a ticket says which`() {
        let actions: [Action] = [
            .followUp(TicketNumber(7), body: ""), .claim(TicketNumber(7), leaseMilliseconds: 0),
            .note(TicketNumber(7), nil, text: ""), .reply(TicketNumber(7), Token(1), seen: 0, text: ""),
            .escalate(TicketNumber(7), Token(1), to: nil, note: ""),
            .handBack(TicketNumber(7), Token(1), note: ""),
            .resolve(TicketNumber(7), Token(1), seen: 0, text: nil),
            .pend(TicketNumber(7), Token(1), onHold: true, until: nil, reason: ""),
            .release(TicketNumber(7), Token(1), reason: "", failed: false),
            .decline(TicketNumber(7), Token(1), reason: ""),
            .amend(TicketNumber(7), nil, .draft("")),
            .takeOver(TicketNumber(7), leaseMilliseconds: 0, reason: ""),
            .merge(TicketNumber(7), nil, into: TicketNumber(8)),
        ]
        for action in actions { #expect(action.ticket == TicketNumber(7)) }
    }
}
