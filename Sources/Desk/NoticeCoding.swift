import ProtoBytes
import Tickets

/// What customers are told of delays, in ``SettingsCoding``.
extension SettingsCoding {
    static func write(_ notice: DelayNotice, to writer: inout ProtoWriter) {
        let start = writer.begin(61)
        for text in notice.texts {
            let start = writer.begin(1)
            writer.field(1, UInt32(text.language?.rawValue ?? 0))
            writer.field(2, text.text)
            writer.end(start)
        }
        for channel in notice.channels { writer.fieldAlways(2, channel.text) }
        for tag in notice.exceptTags { writer.fieldAlways(3, tag) }
        writer.end(start)
    }

    static func delayNotice(_ bytes: UnsafeRawBufferPointer) throws -> DelayNotice {
        var reader = ProtoReader(bytes)
        var notice = DelayNotice(texts: [], channels: [])
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): notice.texts.append(try text(try reader.slice()))
            case (2, .bytes): notice.channels.append(try reader.name("delay-notice"))
            case (3, .bytes): notice.exceptTags.append(try reader.text())
            default: try reader.skip(key)
            }
        }
        return notice
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) throws -> DelayNotice.Text {
        var reader = ProtoReader(bytes)
        var text = DelayNotice.Text(nil, "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint):
                let number = try reader.varint()
                if number == 0 { continue }
                guard let language = UInt8(exactly: number).flatMap(Language.init(rawValue:)) else {
                    throw SettingsFlaw("delay-notice", "there is no language \(number)")
                }
                text.language = language
            case (2, .bytes): text.text = try reader.text()
            default: try reader.skip(key)
            }
        }
        return text
    }
}
