import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.utils.ImplicitLinkedHashCollection;

/**
 * What the Java classes write: every message a broker takes, and data that messages and records
 * carry, in every version, three times: "default" as it is made, "full" with every field at another
 * value than its default and unknown tagged fields, "null" with every nullable field null. One line
 * of JSON each on standard output: message, version, variant, header and body in hex, and the form
 * of Kafka's own JsonConverter; data has no header. Then one line for each error code. Messages are
 * filled by reflection, along the schema of the version.
 */
public final class WireGolden {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CORRELATION_ID = 7;
  private static final String CLIENT_ID = "golden";
  private static final int UNKNOWN_TAG = 100;
  private static final List<String> DATA =
      List.of(
          "common.message.ConsumerProtocolSubscription",
          "common.message.ConsumerProtocolAssignment",
          "common.message.EndTxnMarker", // since 4.1
          "coordinator.group.generated.OffsetCommitKey",
          "coordinator.group.generated.OffsetCommitValue",
          "coordinator.group.generated.GroupMetadataKey",
          "coordinator.group.generated.GroupMetadataValue",
          "coordinator.transaction.generated.TransactionLogKey",
          "coordinator.transaction.generated.TransactionLogValue");

  enum Variant {
    DEFAULT,
    FULL,
    NULL
  }

  // Added to a whole number. All but the first make what JSON has no number for.
  private static final double[] REALS = {
    0.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  // Gives every field its own value.
  private int counter = 0;
  private int reals = 0;
  private final Variant variant;

  private WireGolden(Variant variant) {
    this.variant = variant;
  }

  public static void main(String[] args) throws Exception {
    for (ApiMessageType api : ApiMessageType.values()) {
      if (!api.listeners().contains(ApiMessageType.ListenerType.BROKER)) {
        continue; // only between brokers and controllers
      }
      String name = api.name;
      dump(name + "Request", api.requestSchemas(), api::newRequest, v -> requestHeader(api, v));
      dump(name + "Response", api.responseSchemas(), api::newResponse, v -> responseHeader(api, v));
    }
    for (String name : DATA) {
      dumpData(name);
    }
    for (Errors error : Errors.values()) {
      ObjectNode line = JSON.createObjectNode();
      line.put("error", error.name()).put("code", error.code());
      line.put("retriable", error.exception() instanceof RetriableException);
      line.put("refreshesMetadata", error.exception() instanceof InvalidMetadataException);
      System.out.println(line);
    }
  }

  private static void dumpData(String name) throws Exception {
    Class<?> type;
    try {
      type = Class.forName("org.apache.kafka." + name);
    } catch (ClassNotFoundException missing) {
      return; // the tests want each version from one of the clients
    }
    Schema[] schemas = (Schema[]) type.getField("SCHEMAS").get(null);
    dump(type.getSimpleName(), schemas, () -> newInstance(type), version -> "");
  }

  private static Message newInstance(Class<?> type) {
    try {
      return (Message) type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void dump(
      String name, Schema[] schemas, Supplier<Message> maker, Function<Short, String> header)
      throws Exception {
    for (short version = 0; version < schemas.length; ++version) {
      if (schemas[version] == null) {
        continue; // a version that this client has dropped
      }
      for (Variant variant : Variant.values()) {
        Message message = maker.get();
        if (variant != Variant.DEFAULT) {
          new WireGolden(variant).fill(message, schemas[version]);
        }
        ObjectNode line = JSON.createObjectNode();
        line.put("message", name);
        line.put("version", version).put("variant", variant.name().toLowerCase());
        line.put("header", header.apply(version)).put("body", hex(message, version));
        line.set("json", json(message, version));
        System.out.println(line);
      }
    }
  }

  private static String requestHeader(ApiMessageType api, short version) {
    RequestHeaderData header =
        new RequestHeaderData()
            .setRequestApiKey(api.apiKey())
            .setRequestApiVersion(version)
            .setCorrelationId(CORRELATION_ID)
            .setClientId(CLIENT_ID);
    return hex(header, api.requestHeaderVersion(version));
  }

  private static String responseHeader(ApiMessageType api, short version) {
    ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(CORRELATION_ID);
    short headerVersion = api.responseHeaderVersion(version);
    if (headerVersion > 0) {
      header.unknownTaggedFields().add(new RawTaggedField(UNKNOWN_TAG, bytes("header")));
    }
    return hex(header, headerVersion);
  }

  private static String hex(Message message, short version) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(buffer), cache, version);
    return HexFormat.of().formatHex(buffer.array());
  }

  private static JsonNode json(Message message, short version) throws Exception {
    Class<?> converter = Class.forName(message.getClass().getName() + "JsonConverter");
    return (JsonNode)
        converter
            .getMethod("write", message.getClass(), short.class, boolean.class)
            .invoke(null, message, version, false);
  }

  private void fill(Message message, Schema schema) throws Exception {
    for (BoundField bound : schema.fields()) {
      if (bound.def.type instanceof TaggedFields tagged) {
        for (var known : taggedFields(tagged)) {
          set(message, known.name, known.type);
        }
        if (variant == Variant.FULL) {
          message.unknownTaggedFields().add(new RawTaggedField(UNKNOWN_TAG, bytes("one")));
          message.unknownTaggedFields().add(new RawTaggedField(UNKNOWN_TAG + 200, bytes("")));
        }
      } else {
        set(message, bound.def.name, bound.def.type);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Collection<org.apache.kafka.common.protocol.types.Field> taggedFields(
      TaggedFields type) throws Exception {
    Field fields = TaggedFields.class.getDeclaredField("fields");
    fields.setAccessible(true); // without a getter before 4.0
    return ((Map<Integer, org.apache.kafka.common.protocol.types.Field>) fields.get(type)).values();
  }

  private void set(Message message, String schemaName, Type type) throws Exception {
    Field field = findField(message, schemaName);
    field.setAccessible(true);
    // A schema's records are always nullable; those of ShareFetch in truth are not.
    boolean canBeNull =
        type.isNullable() && !message.getClass().getName().contains("ShareFetchResponse");
    if (variant == Variant.NULL && canBeNull) {
      field.set(message, null);
      return;
    }
    Object byDefault = field.get(message);
    Object value = value(field, type, byDefault);
    while (value.equals(byDefault)) {
      value = value(field, type, byDefault);
    }
    field.set(message, value);
  }

  private static Field findField(Message message, String schemaName) throws Exception {
    String wanted = schemaName.replace("_", "");
    for (Field field : message.getClass().getDeclaredFields()) {
      if (field.getName().equalsIgnoreCase(wanted)) {
        return field;
      }
    }
    throw new NoSuchFieldException(message.getClass() + " " + schemaName);
  }

  private Object value(Field field, Type type, Object byDefault) throws Exception {
    if (type.isArray()) {
      return array(field, type.arrayElementType().get());
    }
    if (Message.class.isAssignableFrom(field.getType())) {
      return struct(field.getType(), type);
    }
    return scalar(field.getType(), byDefault);
  }

  @SuppressWarnings("unchecked")
  private Object array(Field field, Type elementType) throws Exception {
    boolean linked = ImplicitLinkedHashCollection.class.isAssignableFrom(field.getType());
    ParameterizedType generic =
        (ParameterizedType)
            (linked ? field.getType().getGenericSuperclass() : field.getGenericType());
    Class<?> elementClass = (Class<?>) generic.getActualTypeArguments()[0];
    Collection<Object> array =
        linked
            ? (Collection<Object>) field.getType().getConstructor(int.class).newInstance(8)
            : new ArrayList<>();
    for (int i = 0; i < 2; ++i) {
      boolean isStruct = Message.class.isAssignableFrom(elementClass);
      array.add(isStruct ? struct(elementClass, elementType) : scalar(elementClass, null));
    }
    return array;
  }

  private Object struct(Class<?> type, Type schema) throws Exception {
    Message message = newInstance(type);
    fill(message, (Schema) schema);
    return message;
  }

  private Object scalar(Class<?> type, Object byDefault) {
    int next = ++counter;
    return switch (type.getSimpleName()) {
      case "boolean" -> !Boolean.TRUE.equals(byDefault);
      case "byte", "Byte" -> (byte) next;
      case "short", "Short" -> (short) (next + 300);
      case "int", "Integer" -> next % 2 == 0 ? -next : next * 0x10001;
      case "long", "Long" -> next % 2 == 0 ? -next : next * 0x100000001L;
      case "double" -> next + REALS[reals++ % REALS.length];
      case "String" -> "text\u00e9\"\\" + next;
      case "byte[]" -> bytes("bytes" + next);
      case "ByteBuffer" -> ByteBuffer.wrap(bytes("bytes" + next));
      case "Uuid" -> new Uuid(next * 0x0123456789abcdefL, -next);
      case "BaseRecords" -> MemoryRecords.readableRecords(ByteBuffer.wrap(bytes("records" + next)));
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
