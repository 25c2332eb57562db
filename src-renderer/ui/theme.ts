import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Shades of the one accent, #0b6e6e at 7. */
const accent: MantineColorsTuple = [
  '#e3f2f1',
  '#cbe6e4',
  '#a5dfdb',
  '#7bccc7',
  '#4fb8b3',
  '#2a9a96',
  '#148381',
  '#0b6e6e',
  '#085c5c',
  '#084f4f',
];

/** Greys of the dark scheme, from text at 0 to the page at 8; the same as in `theme.css`. */
const dark: MantineColorsTuple = [
  '#e3e7e9',
  '#b8c1c7',
  '#98a4ac',
  '#6c777e',
  '#3d474c',
  '#2d3438',
  '#15191b',
  '#1a1f22',
  '#14181a',
  '#0f1214',
];

/** Mantine bent to ours: small type, 30-pixel controls, hairlines, a shadow only under what floats. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  colors: { accent, dark },
  // Mantine would take one text colour for both schemes; our accent is dark in one and bright in the other.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' ? { color: 'var(--on-accent)' } : {}),
  }),
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '13px', sm: '13px', md: '13px', lg: '15px', xl: '15px' },
  lineHeights: { xs: '1.4', sm: '1.4', md: '1.4', lg: '1.35', xl: '1.35' },
  headings: {
    fontFamily: 'var(--sans)',
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '15px', lineHeight: '1.35' },
      h2: { fontSize: '15px', lineHeight: '1.35' },
      h3: { fontSize: '13px', lineHeight: '1.4' },
      h4: { fontSize: '11.5px', lineHeight: '1.4' },
    },
  },
  defaultRadius: '7px',
  cursorType: 'pointer',
  respectReducedMotion: true,
  shadows: {
    xs: 'none',
    sm: 'none',
    md: 'var(--popover-shadow)',
    lg: 'var(--popover-shadow)',
    xl: 'var(--popover-shadow)',
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    Autocomplete: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs', radius: 3 } },
    Switch: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
    Modal: {
      defaultProps: { shadow: 'xl', transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.25 } },
    },
  },
});

const ours = {
  '--mantine-color-body': 'var(--panel)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--mute)',
  '--mantine-color-placeholder': 'var(--mute)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--delete)',
  '--mantine-color-disabled': 'var(--hover)',
  '--mantine-color-disabled-color': 'var(--mute)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
};

/** Mantine's own colours, taken from `theme.css`, so that one file decides both schemes. */
export const resolveCssVariables: CSSVariablesResolver = () => ({ variables: {}, light: ours, dark: ours });
