import Desk
import Testing
import Tickets

@Suite struct AmendmentTests {
    /// A shop in which a broken thing needs an order number, and two answers before anybody else is asked.
    private static let shop = DeskSettings.sample {
        $0.life.kinds = [
            KindSettings(name: "broken", fields: ["order"], checklist: ["device", "reproduced"]),
            KindSettings(name: "review"),
        ]
    }

    @Test func `a ticket without the fields of its kind is taken, and says which are lacking`() throws {
        var bench = Bench(Self.shop)
        try bench.submit(submission(kind: "broken", fields: [Field(name: "device", value: "phone")]))
        #expect(bench.desk.dossiers[1]?.lacking == ["order", "reproduced"])
        try bench.submit(submission(kind: "review", fields: []))
        #expect(bench.desk.dossiers[2]?.lacking == [])
        try bench.submit(submission(kind: nil, fields: []))
        #expect(bench.desk.dossiers[3] == nil)
    }

    @Test func `a desk without kinds keeps nothing of them`() throws {
        var bench = Bench()
        try bench.submit(submission(kind: "broken", fields: [Field(name: "order", value: "7")]))
        #expect(bench.desk.dossiers.isEmpty)
        #expect(bench.last.records.count == 1)
    }

    @Test func `fields that came with it count when its kind is set later`() throws {
        var bench = Bench(Self.shop)
        let ann = bench.person("ann")
        try bench.submit(submission(kind: nil, fields: [Field(name: "order", value: "7")]))
        try bench.ask(.amend(1, nil, .kind("broken")), from: ann)
        #expect(bench.desk.dossiers[1]?.lacking == ["device", "reproduced"])
        try bench.ask(.amend(1, nil, .field(Field(name: "device", value: "phone"))), from: ann)
        try bench.ask(.amend(1, nil, .field(Field(name: "order", value: ""))), from: ann)
        #expect(bench.desk.dossiers[1]?.lacking == ["order", "reproduced"])
        try bench.ask(.amend(1, nil, .kind(nil)), from: ann)
        #expect(bench.desk.dossiers[1]?.lacking == [])
    }

    @Test func `an escalation is refused until its checklist is filled in, and says what is open`() throws {
        var bench = Bench(Self.shop)
        let node = bench.node("n1")
        try bench.submit(submission(kind: "broken", fields: []))
        let escalate = Action.escalate(1, 1, to: nil, note: "too hard")
        let refusal = try bench.refusal(escalate, from: node)
        #expect(refusal.code == .checklistOpen)
        #expect(refusal.reason.contains("device, reproduced"))
        try bench.ask(.amend(1, 1, .field(Field(name: "device", value: "phone"))), from: node)
        #expect(try bench.refusal(escalate, from: node).reason.contains("fill in: reproduced"))
        try bench.ask(.amend(1, 1, .field(Field(name: "reproduced", value: "yes"))), from: node)
        // The order number is the customer's to give: it does not hold the ticket up.
        try bench.ask(escalate, from: node)
        #expect(bench.ticket(1)?.line == "line-two")
    }

    @Test func `what was set is bounded, drafts and owners are not`() throws {
        var bench = Bench(.sample { $0.limits.amendmentsMax = 3 })
        let lea = bench.person("lea", role: .lead)
        try bench.submit()
        for tag in ["a", "b", "c"] { try bench.ask(.amend(1, nil, .tag(tag, isOn: true)), from: lea) }
        let more = Action.amend(1, nil, .tag("d", isOn: true))
        #expect(try bench.refusal(more, from: lea).code == .amendmentBound)
        try bench.ask(.amend(1, nil, .draft("Dear")), from: lea)
        try bench.ask(.amend(1, nil, .priority(.high)), from: lea)
        try bench.ask(.amend(1, nil, .owner("ben", reason: "asked for")), from: lea)
    }

    @Test func `each text has its bound, and what the desk alone says is refused`() throws {
        var bench = Bench()
        let ann = bench.person("ann")
        try bench.submit()
        let long = String(repeating: "x", count: bench.settings.limits.lineBytesMax + 1)
        let tooLong: [Amendment] = [
            .kind(long), .tag(long, isOn: true), .field(Field(name: long, value: "")),
            .field(Field(name: "a", value: long)), .spam(true, reason: long), .feedback(topic: long),
        ]
        for amendment in tooLong {
            #expect(try bench.refusal(.amend(1, nil, amendment), from: ann).code == .textTooLong)
        }
        #expect(try bench.refusal(.amend(1, nil, .given(["order"])), from: ann).code == .notAuthorised)
        #expect(try bench.refusal(.amend(1, nil, .tag(" ", isOn: true)), from: ann).code == .textRequired)
    }

    @Test func `a colleague of another department writes notes, and nothing else`() throws {
        var bench = Bench()
        let colleague = bench.connect(Author(role: .colleague, key: "warehouse"))
        try bench.submit()
        try bench.ask(.note(1, nil, text: "It left the house on Monday."), from: colleague)
        #expect(
            try bench.refusal(.claim(1, leaseMilliseconds: 1_000), from: colleague).code == .notAuthorised)
        #expect(try bench.refusal(.amend(1, nil, .draft("Dear")), from: colleague).code == .notAuthorised)
    }

    @Test func `a closed ticket leaves nothing behind`() throws {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 1_000 })
        let ann = bench.person("ann")
        try bench.submit()
        try bench.ask(.amend(1, nil, .tag("vip", isOn: true)), from: ann)
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.resolve(1, token, seen: 1, text: "done"), from: ann)
        bench.pass(1_000)
        #expect(bench.desk.dossiers.isEmpty)
    }

    private func submission(kind: String?, fields: [Field]) -> Submission {
        Submission(
            channel: "mail", customer: "ann@example.org", subject: "s", body: "b", kind: kind, fields: fields)
    }
}
