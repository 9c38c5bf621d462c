import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  CustomResourceValidation,
  SelectableField,
} from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";

type Version = CustomResourceDefinitionVersion;

/**
 * A definition as upstream sees it inside: what all versions say alike stands once, above them. Errors name the fields of
 * this form: `spec.validation.openAPIV3Schema`.
 */
export interface Hoisted {
  readonly validation?: CustomResourceValidation;
  readonly subresources?: CustomResourceSubresources;
  readonly columns?: readonly CustomResourceColumnDefinition[];
  readonly selectableFields?: readonly SelectableField[];
  readonly versions: readonly Version[];
}

// Models apiextensions-apiserver pkg/apis/apiextensions/v1 conversion.go
export function hoisted({ versions }: CustomResourceDefinitionSpec): Hoisted {
  const [first] = versions;
  if (first === undefined) return { versions };
  const isSame = (field: keyof Version) => versions.every((version) => equalJson(version[field], first[field]));
  const [schema, subresources, columns, selectable] = [
    isSame("schema"),
    isSame("subresources"),
    isSame("additionalPrinterColumns"),
    isSame("selectableFields"),
  ];
  return {
    ...(schema && { validation: first.schema }),
    ...(subresources && { subresources: first.subresources }),
    ...(columns && { columns: first.additionalPrinterColumns }),
    ...(selectable && { selectableFields: first.selectableFields }),
    versions: versions.map((version) => ({
      ...version,
      ...(schema && { schema: undefined }),
      ...(subresources && { subresources: undefined }),
      ...(columns && { additionalPrinterColumns: undefined }),
      ...(selectable && { selectableFields: undefined }),
    })),
  };
}

/** Versions as Go prints upstream's structs. */
export function goVersions(versions: readonly Version[]): readonly unknown[] {
  return versions.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema ?? null,
    Subresources: version.subresources ?? null,
    AdditionalPrinterColumns: version.additionalPrinterColumns ?? null,
    SelectableFields: version.selectableFields ?? null,
  }));
}
