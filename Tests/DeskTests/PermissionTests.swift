import Desk
import Testing
import Tickets

@Suite struct PermissionTests {
    /// Which commands a role may send, written out; what is not listed is refused.
    private static let table: [Role: Set<String>] = [
        .client: ["submit", "followUp"],
        .node: ["note", "reply", "escalate", "handBack", "resolve", "pend", "release", "decline"],
        .agent: [
            "submit", "followUp", "claim", "freeNote", "note", "reply", "escalate", "handBack", "resolve",
            "pend", "release", "decline",
        ],
        .admin: [
            "submit", "followUp", "claim", "freeNote", "note", "reply", "escalate", "handBack", "resolve",
            "pend", "release", "decline",
        ],
        .coordinator: [],
        .desk: [],
    ]

    @Test(arguments: Role.allCases, everyAction)
    func `each role may do what the table says and nothing else`(_ role: Role, _ action: Action) throws {
        let allowed = try #require(Self.table[role]).contains(word(action))
        #expect(Permissions.allows(role, action) == allowed)
        var bench = Bench()
        try bench.submit()
        let before = DeskImage(bench.desk)
        let id = bench.connect(Author(role: role, key: "eve"))
        guard case .refused(let refusal) = bench.send(action, from: id) else {
            return #expect(allowed)
        }
        #expect((refusal.code == .notAuthorised) == !allowed)
        if !allowed { #expect(DeskImage(bench.desk) == before) }
    }

    @Test(arguments: Role.allCases)
    func `tickets are read by agents and admins, figures by the coordinator too`(_ role: Role) {
        #expect(Permissions.allowsReading(role) == [.agent, .admin].contains(role))
        #expect(Permissions.allowsFigures(role) == [.agent, .admin, .coordinator].contains(role))
    }

    private func word(_ action: Action) -> String {
        switch action {
        case .submit: "submit"
        case .followUp: "followUp"
        case .claim: "claim"
        case .note(_, nil, _): "freeNote"
        case .note: "note"
        case .reply: "reply"
        case .escalate: "escalate"
        case .handBack: "handBack"
        case .resolve: "resolve"
        case .pend: "pend"
        case .release: "release"
        case .decline: "decline"
        }
    }
}
