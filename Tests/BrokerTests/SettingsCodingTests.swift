import Desk
import Promises
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// The coding of settings that is written by hand, against the code that protoc makes of switchboard.proto.
@Suite struct SettingsCodingTests {
    /// Little in it, and much.
    private static func samples() throws -> [DeskSettings] {
        let zone = ZoneOffsets(
            name: "Europe/Berlin", firstOffset: 3_600_000,
            changes: [
                ZoneOffsets.Change(at: Moment(milliseconds: -1_000), offset: 7_200_000),
                ZoneOffsets.Change(at: Moment(milliseconds: 1_000_000_000), offset: -3_600_000),
            ])
        let morning = try #require(BusinessHours.Interval(opens: 0, closes: 720))
        let evening = try #require(BusinessHours.Interval(opens: 780, closes: 1_440))
        let hours = try BusinessHours(
            zone: zone,
            exceptions: [
                BusinessHours.Exception(day: CivilDay(number: -5)),
                BusinessHours.Exception(day: CivilDay(number: 20_000), intervals: [evening]),
            ]
        ) { $0 == .sunday ? [] : [morning, evening] }
        var rich = DeskSettings(lines: [
            LineSettings(
                name: "one", next: "two", headStartMilliseconds: [0, 1, 2, 3], leaseMilliseconds: 4,
                ownerWaitMilliseconds: 5, answersEscalated: true), LineSettings(name: "two"),
        ])
        rich.lines[1].policy = .shortestFirst
        rich.lines[0].selection = .bestSkill
        rich.lines[0].offers = Offers(terms: [Offers.Term("chat", milliseconds: 8)], others: 9)
        (rich.lines[1].ageingMilliseconds, rich.lines[1].effortFactor) = (0, 7)
        rich.personLeaseMillisecondsMax = 6
        rich.expertise = [Expertise(nodes: "bot-*", skills: [Skill("maths", 2), Skill("music", 5)])]
        rich.lines[0].preferredForMilliseconds = 0
        rich.lines[1].overflow = Overflow(afterMilliseconds: 9, to: "one", dropsSkills: true)
        rich.fairness = Fairness(free: 3, stepMilliseconds: 4, mostMilliseconds: 5)
        rich.stickyMilliseconds = 6
        rich.joinWithinMilliseconds = 0
        rich.seatCosts = SeatCosts(shares: [SeatCosts.Share("chat", perSeat: 16)], others: 3)
        rich.hours = hours
        rich.promises = PromisePolicy(
            rules: [
                PromisePolicy.Rule(
                    name: "chat", channels: ["chat", "web"], priorities: [.high, .urgent], groups: ["vip"],
                    targets: PromiseTargets(
                        firstResponse: 1, nextResponse: 2, resolution: 3,
                        lines: [PromiseTargets.LineTarget(line: "two", milliseconds: 4)]), hours: hours),
                PromisePolicy.Rule(name: "others", targets: PromiseTargets()),
            ], warnings: [900_000, 60_000])
        rich.keepsPromises = true
        rich.givesEstimates = true
        rich.groups = [CustomerGroup(name: "vip", customers: ["@vip.example", "ann"])]
        rich.ladder = [
            LadderStep(warning: 900_000, clocks: [.resolution, .line], priority: .high),
            LadderStep(warning: nil, participants: ["lead", "boss"], line: "line-two"),
        ]
        rich.delayNotice = DelayNotice(
            texts: [DelayNotice.Text(.russian, "{number}"), DelayNotice.Text(.english, "{time}")],
            channels: ["mail", "form"], exceptTags: ["machine"])
        rich.acknowledgement = Acknowledgement(
            texts: [DelayNotice.Text(nil, "{number}")],
            closedTexts: [DelayNotice.Text(.russian, "{opens}"), DelayNotice.Text(.english, "{time}")],
            asks: [DelayNotice.Text(nil, "{fields}")], channels: ["mail", "form"], exceptTags: ["machine"])
        rich.life.closesAfterMilliseconds = 7
        rich.life.kinds = [
            KindSettings(name: "broken", fields: ["device", "e\u{301}"], checklist: ["restarted"]),
            KindSettings(name: "other", effortMilliseconds: 0),
        ]
        rich.life.kinds[1].script = "Say sorry, once."
        rich.life.deputies = [Deputy(owner: "ann", deputy: "ben")]
        rich.rules = [rule(morning), RoutingRule("second"), Self.onMessage]
        return [DeskSettings(lines: [LineSettings(name: "only")]), rich]
    }

    private static let onMessage: RoutingRule = {
        var rule = RoutingRule("third")
        rule.isForMessages = true
        (rule.agent, rule.isSpam) = ("anna", true)
        rule.templates = [DelayNotice.Text(.russian, "{number}"), DelayNotice.Text(.english, "{opens}")]
        rule.status = .onHold
        return rule
    }()

    /// With all that a rule can have.
    private static func rule(_ time: BusinessHours.Interval) -> RoutingRule {
        var rule = RoutingRule("first")
        rule.conditions.channels = ["mail", "chat"]
        rule.conditions.customers = ["@example.org", "ann"]
        rule.conditions.kinds = ["refund"]
        rule.conditions.priorities = [.low, .urgent]
        rule.conditions.tags = ["vip"]
        rule.conditions.fields = [
            FieldCondition(name: "order", values: ["1", "2"]), FieldCondition(name: "device"),
        ]
        rule.conditions.words = ["возврат*", "money back"].map { WordPattern($0) }
        rule.conditions.subjectWords = [WordPattern("a")]
        rule.conditions.bodyWords = [WordPattern("b")]
        rule.conditions.languages = [.english, .russian]
        rule.conditions.weekdays = [.sunday, .monday]
        rule.conditions.times = [time]
        rule.conditions.isOpen = false
        rule.conditions.groups = ["vip"]
        rule.exceptions = RuleConditions()
        rule.exceptions?.tags = ["known"]
        rule.demands = Demands(required: [Skill("maths", 1)], preferred: [Skill("music", 2)])
        (rule.line, rule.priority, rule.kind) = ("two", .high, "refund")
        (rule.tags, rule.stops) = (["a", "b"], true)
        return rule
    }

    @Test func `what is written is read back, and the generated code reads and writes the same bytes`() throws
    {
        for settings in try Self.samples() {
            let bytes = SettingsCoding.encode(settings)
            #expect(try SettingsCoding.decode(bytes) == settings)
            let generated = try ProtoSettings(serializedBytes: bytes)
            #expect(generated.unknownFields.data.isEmpty)
            #expect(generated.lines.map(\.name) == settings.lines.map(\.name.text))
            #expect(try generated.serializedBytes() == bytes)
        }
    }

    @Test func `no bytes make it trap`() throws {
        for settings in try Self.samples() {
            let bytes = SettingsCoding.encode(settings)
            for index in bytes.indices {
                for change in [0x01, 0x80, 0xff] as [UInt8] {
                    var damaged = bytes
                    damaged[index] ^= change
                    // Settings or an error; what matters is that it comes back.
                    guard let read = try? SettingsCoding.decode(damaged) else { continue }
                    #expect(try SettingsCoding.decode(SettingsCoding.encode(read)) == read)
                }
                _ = try? SettingsCoding.decode(Array(bytes.prefix(index)))
            }
        }
    }
}
