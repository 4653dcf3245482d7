import Scenarios
import Testing
import Tickets

/// Each fault is planted, and must be seen.
@Suite struct ClaimWitnessTests {
    private let ticket = TicketNumber(7)
    private func token(_ number: UInt64) -> Token { Token(number) }

    @Test func `a claim that goes from node to node is clean`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.ended(ticket, token(1), latestWhenSent: witness.latestToken(of: ticket))
        witness.granted(ticket, token(2), to: 1)
        witness.ended(ticket, token(2), latestWhenSent: witness.latestToken(of: ticket))
        #expect(witness.report.holds)
        #expect(witness.report.checked == 6)
    }

    @Test func `the same grant to the same node again is a repetition`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.granted(ticket, token(1), to: 0)
        #expect(witness.report.holds)
    }

    @Test func `one claim for two nodes is a violation`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.granted(ticket, token(1), to: 1)
        #expect(witness.report.details == ["ticket 7 was granted to nodes 0 and 1 under token 1"])
    }

    // Node 0                                  Node 1
    // granted under 1, then frozen
    //                                         granted under 2
    // thaws, and reads its old grant
    @Test func `a grant that was read late is counted, and is no violation by itself`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(2), to: 1)
        witness.granted(ticket, token(1), to: 0)
        #expect(witness.report.holds)
        #expect(witness.lateGrants == 1)
        #expect(witness.latestToken(of: ticket) == token(2))
    }

    @Test func `a change accepted under a token that was already outdated is a violation`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.granted(ticket, token(2), to: 1)
        witness.ended(ticket, token(1), latestWhenSent: witness.latestToken(of: ticket))
        #expect(
            witness.report.details == ["ticket 7 was changed under token 1 after token 2 had been granted"])
    }

    @Test func `a change that was sent in time may be accepted after a later grant was seen`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        let whenSent = witness.latestToken(of: ticket)
        witness.granted(ticket, token(2), to: 1)
        witness.ended(ticket, token(1), latestWhenSent: whenSent)
        #expect(witness.report.holds)
    }

    @Test func `two changes that end the same claim are a violation`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.ended(ticket, token(1), latestWhenSent: token(1))
        witness.ended(ticket, token(1), latestWhenSent: token(1))
        #expect(witness.report.violations == 1)
    }

    // Node 0                                  Node 1
    // escalates under 1; the broker dies, and its answer with it
    //                                         is back first: hands back under 2, and is answered
    // is back: sends it again, and is answered
    @Test func `answers may be read in another order than the changes were made in`() {
        var witness = ClaimWitness()
        witness.granted(ticket, token(1), to: 0)
        witness.granted(ticket, token(2), to: 1)
        witness.ended(ticket, token(2), latestWhenSent: token(2))
        witness.ended(ticket, token(1), latestWhenSent: token(1))
        #expect(witness.report.holds)
        for number in [1, 2, 70, 70] as [UInt64] {
            witness.ended(ticket, token(number), latestWhenSent: token(number))
        }
        #expect(witness.report.violations == 3)
    }
}
