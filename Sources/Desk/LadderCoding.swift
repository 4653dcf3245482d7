import Promises
import ProtoBytes
import Tickets

/// Steps of the ladder in ``SettingsCoding``.
enum LadderCoding {
    static func write(_ step: LadderStep, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        if let warning = step.warning { writer.fieldAlways(1, UInt64(bitPattern: warning)) }
        for clock in step.clocks { writer.fieldAlways(2, UInt64(clock.rawValue)) }
        writer.field(3, UInt32(step.priority?.rawValue ?? 0))
        for name in step.participants { writer.fieldAlways(4, name.text) }
        writer.field(5, step.line?.text ?? "")
        writer.end(start)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws -> LadderStep {
        var reader = ProtoReader(bytes)
        var step = LadderStep(warning: nil)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): step.warning = Int64(bitPattern: try reader.varint())
            case (2, .varint):
                guard let clock = UInt8(exactly: try reader.varint()).flatMap(ClockSort.init(rawValue:))
                else {
                    throw SettingsFlaw("ladder", "there is no such clock")
                }
                step.clocks.append(clock)
            case (3, .varint):
                guard let priority = UInt8(exactly: try reader.varint()).flatMap(Priority.init(rawValue:))
                else { throw SettingsFlaw("ladder", "there is no such priority") }
                step.priority = priority
            case (4, .bytes): step.participants.append(try reader.name("ladder"))
            case (5, .bytes): step.line = try reader.name("ladder")
            default: try reader.skip(key)
            }
        }
        return step
    }
}
