import Desk
import Testing
import Tickets

@Suite struct PermissionTests {
    private static let work = [
        "note", "reply", "escalate", "handBack", "resolve", "pend", "release", "decline", "amend", "merge",
    ]
    private static let people =
        [
            "connect", "submit", "followUp", "claim", "freeNote", "readTickets", "readFigures", "amendFreely",
            "draft", "divide", "improve", "readConfiguration",
        ] + work

    /// What a role may do, written out; what is not listed is refused.
    private static let table: [Role: Set<String>] = [
        .client: ["connect", "submit", "followUp"],
        .node: Set(["connect", "work"] + work),
        .agent: Set(people),
        .lead: Set(people + ["assign", "takeOver"]),
        .admin: Set(people + ["assign", "takeOver", "configure"]),
        .colleague: ["connect", "freeNote", "readTickets"],
        .coordinator: ["connect", "readFigures", "readConfiguration"],
        .desk: [],
    ]

    @Test(arguments: Role.allCases, Right.allCases)
    func `each role has the rights of the table and no other`(_ role: Role, _ right: Right) throws {
        #expect(Permissions.allows(role, right) == (try #require(Self.table[role])).contains("\(right)"))
    }

    @Test(arguments: Role.allCases, everyAction)
    func `each role may do what the table says and nothing else`(_ role: Role, _ action: Action) throws {
        let rights = try #require(Self.table[role])
        let allowed = rights.contains(word(action))
        #expect(Permissions.allows(role, action) == allowed)
        var bench = Bench()
        try bench.submit()
        let before = DeskImage(bench.desk)
        let id = bench.connect(Author(role: role, key: "eve"))
        switch bench.send(action, from: id) {
        case .answered: #expect(allowed)
        case .refused(let refusal): #expect((refusal.code == .notAuthorised) == !allowed)
        case .none: #expect(!rights.contains("connect"))
        }
        if !allowed { #expect(DeskImage(bench.desk) == before) }
    }

    @Test(arguments: Role.allCases)
    func `a session is for those who may connect, and a node's for those who may work`(_ role: Role) throws {
        let rights = try #require(Self.table[role])
        var bench = Bench()
        func dismissal() -> ErrorCode? {
            bench.last.directives.lazy.compactMap { directive in
                guard case .dismiss(_, let refusal) = directive else { return nil }
                return refusal.code
            }.first
        }
        let author = Author(role: role, key: "eve")
        _ = bench.connect(author)
        #expect(dismissal() == (rights.contains("connect") ? nil : .notAuthorised))
        let presence = Presence(name: "eve", incarnation: 1, line: "line-one", seats: 1)
        bench.turn([.hello(bench.newSession(), author, Hello(presence: presence, held: []))])
        #expect(dismissal() == (rights.contains("work") ? nil : .notAuthorised))
        #expect(bench.exchange.presences().isEmpty == !rights.contains("work"))
    }

    private func word(_ action: Action) -> String {
        switch action {
        case .submit(let submission): submission.origin?.cause == .split ? "divide" : "submit"
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
        case .amend(_, nil, .draft): "draft"
        case .amend(_, nil, .owner): "assign"
        case .amend(_, nil, _): "amendFreely"
        case .amend: "amend"
        case .takeOver: "takeOver"
        case .merge(_, nil, _): "amendFreely"
        case .merge: "merge"
        case .improve: "improve"
        case .configure: "configure"
        }
    }
}
