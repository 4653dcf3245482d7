import Promises
import ProtoBytes
import Tickets

/// Rules ⇄ the message `Rule` of switchboard.proto.
enum RuleCoding {
    static func write(_ rules: [RoutingRule], _ number: UInt32, to writer: inout ProtoWriter) {
        for rule in rules {
            let start = writer.begin(number)
            writer.field(1, rule.name)
            write(rule.conditions, 2, to: &writer)
            writer.field(3, rule.line?.text ?? "")
            writer.field(4, UInt32(rule.priority?.rawValue ?? 0))
            writer.field(5, rule.kind ?? "")
            for tag in rule.tags { writer.fieldAlways(6, tag) }
            writer.field(7, rule.stops)
            if let exceptions = rule.exceptions { write(exceptions, 8, to: &writer) }
            writer.field(9, rule.isForMessages)
            writer.field(10, rule.agent?.text ?? "")
            writer.field(11, rule.isSpam)
            SettingsCoding.write(rule.templates, 12, to: &writer)
            writer.field(13, UInt32(rule.status?.rawValue ?? 0))
            SkillCoding.write(rule.demands.required, 35, to: &writer)
            SkillCoding.write(rule.demands.preferred, 36, to: &writer)
            writer.end(start)
        }
    }

    /// A group of customers, about whom rules and promises speak.
    static func write(_ group: CustomerGroup, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        writer.field(1, group.name)
        for customer in group.customers { writer.fieldAlways(2, customer) }
        writer.end(start)
    }

    static func group(_ bytes: UnsafeRawBufferPointer) throws -> CustomerGroup {
        var reader = ProtoReader(bytes)
        var group = CustomerGroup(name: "", customers: [])
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): group.name = try reader.text()
            case (2, .bytes): group.customers.append(try reader.text())
            default: try reader.skip(key)
            }
        }
        return group
    }

    private static func write(
        _ conditions: RuleConditions, _ number: UInt32, to writer: inout ProtoWriter
    ) {
        let start = writer.begin(number)
        for channel in conditions.channels { writer.fieldAlways(1, channel.text) }
        for customer in conditions.customers { writer.fieldAlways(2, customer) }
        for kind in conditions.kinds { writer.fieldAlways(3, kind) }
        for priority in conditions.priorities { writer.fieldAlways(4, UInt64(priority.rawValue)) }
        for tag in conditions.tags { writer.fieldAlways(5, tag) }
        for field in conditions.fields {
            let start = writer.begin(6)
            writer.field(1, field.name)
            for value in field.values { writer.fieldAlways(2, value) }
            writer.end(start)
        }
        for pattern in conditions.words { writer.fieldAlways(7, pattern.text) }
        for pattern in conditions.subjectWords { writer.fieldAlways(8, pattern.text) }
        for pattern in conditions.bodyWords { writer.fieldAlways(9, pattern.text) }
        for language in conditions.languages { writer.fieldAlways(10, UInt64(language.rawValue)) }
        for day in conditions.weekdays { writer.fieldAlways(11, UInt64(day.rawValue)) }
        HoursCoding.write(conditions.times, 12, to: &writer)
        if let isOpen = conditions.isOpen { writer.field(13, UInt32(isOpen ? 1 : 2)) }
        for group in conditions.groups { writer.fieldAlways(14, group) }
        writer.end(start)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws -> RoutingRule {
        var reader = ProtoReader(bytes)
        var rule = RoutingRule("")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): rule.name = try reader.text()
            case (2, .bytes): rule.conditions = try conditions(try reader.slice())
            case (3, .bytes): rule.line = try reader.name("rules")
            case (4, .varint): rule.priority = try reader.ruleValue(Priority.init(rawValue:))
            case (5, .bytes): rule.kind = try reader.text()
            case (6, .bytes): rule.tags.append(try reader.text())
            case (7, .varint): rule.stops = try reader.varint() != 0
            case (8, .bytes): rule.exceptions = try conditions(try reader.slice())
            case (9, .varint): rule.isForMessages = try reader.varint() != 0
            case (10, .bytes): rule.agent = try reader.name("rules")
            case (11, .varint): rule.isSpam = try reader.varint() != 0
            case (12, .bytes): rule.templates.append(try SettingsCoding.text(try reader.slice()))
            case (13, .varint): rule.status = try reader.ruleValue(Status.init(rawValue:))
            case (35, .bytes): rule.demands.required.append(try SkillCoding.skill(try reader.slice()))
            case (36, .bytes): rule.demands.preferred.append(try SkillCoding.skill(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        if rule.kind == "" { rule.kind = nil }
        return rule
    }

    private static func conditions(_ bytes: UnsafeRawBufferPointer) throws -> RuleConditions {
        var reader = ProtoReader(bytes)
        var conditions = RuleConditions()
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): conditions.channels.append(try reader.name("rules"))
            case (2, .bytes): conditions.customers.append(try reader.text())
            case (3, .bytes): conditions.kinds.append(try reader.text())
            case (4, .varint): conditions.priorities.append(try reader.ruleValue(Priority.init(rawValue:)))
            case (5, .bytes): conditions.tags.append(try reader.text())
            case (6, .bytes): conditions.fields.append(try field(try reader.slice()))
            case (7, .bytes): conditions.words.append(WordPattern(try reader.text()))
            case (8, .bytes): conditions.subjectWords.append(WordPattern(try reader.text()))
            case (9, .bytes): conditions.bodyWords.append(WordPattern(try reader.text()))
            case (10, .varint): conditions.languages.append(try reader.ruleValue(Language.init(rawValue:)))
            case (11, .varint): conditions.weekdays.append(try reader.ruleValue(Weekday.init(rawValue:)))
            case (12, .bytes): conditions.times.append(try HoursCoding.interval(try reader.slice()))
            case (14, .bytes): conditions.groups.append(try reader.text())
            case (13, .varint): conditions.isOpen = try reader.ruleValue { [1: true, 2: false][$0] }
            default: try reader.skip(key)
            }
        }
        return conditions
    }

    private static func field(_ bytes: UnsafeRawBufferPointer) throws -> FieldCondition {
        var reader = ProtoReader(bytes)
        var field = FieldCondition(name: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): field.name = try reader.text()
            case (2, .bytes): field.values.append(try reader.text())
            default: try reader.skip(key)
            }
        }
        return field
    }
}

extension ProtoReader {
    /// A small number that stands for something.
    fileprivate mutating func ruleValue<Value>(_ make: (UInt8) -> Value?) throws -> Value {
        guard let value = UInt8(exactly: try varint()).flatMap(make) else {
            throw SettingsFlaw("rules", "a value in it stands for nothing")
        }
        return value
    }
}
