import ProtoBytes
import Tickets

/// How tickets live ⇄ fields 5 to 7 of the message `Settings`; see ``SettingsCoding``.
enum LifeCoding {
    static func write(_ life: LifeSettings, to writer: inout ProtoWriter) {
        writer.fieldAlways(5, UInt64(bitPattern: life.closesAfterMilliseconds))
        for kind in life.kinds {
            let start = writer.begin(6)
            writer.field(1, kind.name)
            for field in kind.fields { writer.fieldAlways(2, field) }
            for item in kind.checklist { writer.fieldAlways(3, item) }
            if let effort = kind.effortMilliseconds {
                writer.fieldAlways(35, UInt64(bitPattern: effort))
            }
            writer.field(36, kind.script)
            writer.end(start)
        }
        for deputy in life.deputies {
            let start = writer.begin(7)
            writer.field(1, deputy.owner.text)
            writer.field(2, deputy.deputy.text)
            writer.end(start)
        }
    }

    static func kind(_ bytes: UnsafeRawBufferPointer) throws -> KindSettings {
        var reader = ProtoReader(bytes)
        var kind = KindSettings(name: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): kind.name = try reader.text()
            case (2, .bytes): kind.fields.append(try reader.text())
            case (3, .bytes): kind.checklist.append(try reader.text())
            case (35, .varint): kind.effortMilliseconds = Int64(bitPattern: try reader.varint())
            case (36, .bytes): kind.script = try reader.text()
            default: try reader.skip(key)
            }
        }
        return kind
    }

    static func deputy(_ bytes: UnsafeRawBufferPointer) throws -> Deputy {
        var reader = ProtoReader(bytes)
        var (owner, deputy) = (Name?.none, Name?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): owner = try reader.name("deputies")
            case (2, .bytes): deputy = try reader.name("deputies")
            default: try reader.skip(key)
            }
        }
        guard let owner, let deputy else {
            throw SettingsFlaw("deputies", "a deputy stands in for somebody")
        }
        return Deputy(owner: owner, deputy: deputy)
    }
}
